from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from sanic import Request
from sanic.compat import Header

from api.http.credentials import credential_of

KEY = "evr_" + "0" * 64
TOKEN = "eyJ.eyJ.x"


def asking(*headers: tuple[str, str]) -> Request:
    """A request as far as credentials are looked for in it; one cookie line needs no parsing."""
    return cast(Request, SimpleNamespace(headers=cast(Any, Header)(headers)))


@pytest.mark.parametrize(
    ("header", "kind", "text"),
    [
        (f"Bearer {TOKEN}", "token", TOKEN),
        (f"  bearer   {TOKEN} ", "token", TOKEN),
        (f"Bearer {KEY}", "api_key", KEY),
        (f"ApiKey {KEY}", "api_key", KEY),
        (KEY, "api_key", KEY),
        (f"ApiKey {TOKEN}", "api_key", TOKEN),
        ("ApiKey", "api_key", ""),
        ("Bearer", "token", ""),
    ],
)
def test_a_header_names_the_kind_whatever_the_text(header: str, kind: str, text: str) -> None:
    found = credential_of(asking(("authorization", header), ("cookie", "access_token=other")))
    assert found == (kind, text, False)


@pytest.mark.parametrize("header", ["", " ", "Basic YTpi", "Evr_0", TOKEN])
def test_a_header_of_another_scheme_falls_through_to_the_cookie(header: str) -> None:
    found = credential_of(asking(("authorization", header), ("cookie", f"a=b; access_token={KEY}")))
    assert found == ("token", KEY, True)
