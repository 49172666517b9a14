"""A sign-in with a provider is begun, and ends, in a page of its own (ASVS 7.6.2)."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from models import RefreshToken, UsedState
from tests.api.browsers import Browser
from tests.api.people import refusal
from tests.support.databases import copied_sqlite
from tests.support.fake_providers import FakeOpenId

pytestmark = pytest.mark.anyio

START, CALLBACK = "/v1/auth/oauth/oidc", "/v1/auth/callback/oidc"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One engine: nothing here reaches the database."""
    return copied_sqlite(sqlite_template, tmp_path)


def fetched(destination: str, mode: str, site: str, **more: str) -> dict[str, str]:
    """What a browser says of why it asks."""
    return {
        "Sec-Fetch-Dest": destination,
        "Sec-Fetch-Mode": mode,
        "Sec-Fetch-Site": site,
        **{name.replace("_", "-"): value for name, value in more.items()},
    }


PAGES = [
    {},
    fetched("document", "navigate", "same-origin"),
    fetched("document", "navigate", "same-site", Sec_Fetch_User="?1"),
    # A link on a page of another site, or the provider leading back.
    fetched("document", "navigate", "cross-site"),
    fetched("document", "navigate", "none"),
    # A service worker passes it on.
    fetched("empty", "navigate", "same-origin"),
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Dest": "document"},
]
PARTS = [
    *(
        fetched(destination, "navigate", site)
        for destination in ("iframe", "frame", "object", "embed", "fencedframe")
        for site in ("cross-site", "same-site", "same-origin", "none")
    ),
    *(
        fetched(destination, "no-cors", site)
        for destination in ("image", "script", "style", "video", "font", "empty", "report")
        for site in ("cross-site", "same-origin")
    ),
    fetched("empty", "cors", "same-origin"),
    fetched("empty", "navigate", "cross-site"),
    fetched("document", "navigate", "cross-site", Sec_Purpose="prefetch;prerender"),
    fetched("document", "navigate", "none", Purpose="prefetch"),
    fetched("document", "websocket", "cross-site"),
    {"Sec-Fetch-Dest": "iframe"},
    {"Sec-Fetch-Dest": "empty"},
    {"Sec-Fetch-Dest": ""},
    {"Sec-Fetch-Dest": "Document"},
    {"Sec-Fetch-Mode": "no-cors"},
]


@pytest.mark.parametrize("headers", PAGES)
async def test_a_page_of_its_own_signs_in(
    headers: dict[str, str], http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    http.headers.update(headers)
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"


async def test_nothing_else_begins_one(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    for headers in PARTS:
        for path in (START, f"/api{START}"):
            answer = await http.get(path, headers=headers)
            assert refusal(answer)[0] == 403, headers
            assert answer.json()["code"] == "embedded_sign_in"
            assert "set-cookie" not in answer.headers
    assert oidc.asked == []


async def test_nothing_else_ends_one(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    cookie = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    for headers in PARTS:
        answer = await http.get(CALLBACK, params=back, headers={**headers, "Cookie": cookie})
        assert refusal(answer)[0] == 403, headers
        assert "set-cookie" not in answer.headers
    assert await RefreshToken.all().count() == await UsedState.all().count() == 0
    # What a page tried spoils nothing for the person.
    assert (await browser.arrive(**back)).headers["location"] == "/"
