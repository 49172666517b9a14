from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from sanic import Request
from sanic.compat import Header

from api.http.credentials import Credential, credential_of

KEY = "evr_" + "0" * 64
TOKEN = "eyJ.eyJ.x"


def asking(*headers: tuple[str, str]) -> Request:
    """A request as far as credentials are looked for in it; one cookie line needs no parsing."""
    return cast(Request, SimpleNamespace(headers=cast(Any, Header)(headers)))


@pytest.mark.parametrize(
    ("header", "kind", "text", "has_form"),
    [
        (f"Bearer {TOKEN}", "token", TOKEN, True),
        (f"  bearer   {TOKEN} ", "token", TOKEN, True),
        (f"Bearer {KEY}", "api_key", KEY, True),
        (f"ApiKey {KEY}", "api_key", KEY, True),
        (KEY, "api_key", KEY, True),
        (f"ApiKey {TOKEN}", "api_key", TOKEN, False),
        ("ApiKey", "api_key", "", False),
        ("Bearer", "token", "", True),
    ],
)
def test_a_header_is_of_a_kind_and_may_lack_its_form(
    header: str, kind: str, text: str, *, has_form: bool
) -> None:
    found = credential_of(asking(("authorization", header), ("cookie", "access_token=other")))
    assert found is not None
    assert (found.kind, found.text, found.is_cookie) == (kind, text, False)
    assert found.has_form_of_kind is has_form


@pytest.mark.parametrize("header", ["", " ", "Basic YTpi", "Evr_0", TOKEN])
def test_a_header_of_another_scheme_falls_through_to_the_cookie(header: str) -> None:
    found = credential_of(asking(("authorization", header), ("cookie", f"a=b; access_token={KEY}")))
    assert found == Credential("token", KEY, is_cookie=True)
    assert not found.has_form_of_kind


def test_a_credential_does_not_say_its_text() -> None:
    assert TOKEN not in repr(Credential("token", TOKEN))
