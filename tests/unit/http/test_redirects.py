from __future__ import annotations

import pytest

from api.http.redirects import fit_target, lead_to
from tests.support.applications import settings_for

SETTINGS = settings_for(
    "sqlite://unused.db",
    AUTH_BASE_URL="https://auth.example.com/api",
    CORS_ALLOWED_ORIGINS="https://app.example.com, http://localhost:3000",
)

FIT = [
    "/",
    "/home",
    "/home?tab=1&next=//other#top",
    "/a//b",
    "/%2F%2Fevil.example",
    "/@evil.example",
    "/:80",
    "https://app.example.com",
    "https://app.example.com/",
    "https://app.example.com/home?x=1#top",
    "https://APP.example.com/home",
    "HTTPS://app.example.com:443/home",
    "https://app.example.com?x",
    "http://localhost:3000/x",
]

UNFIT = [
    "",
    "home",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/home\\..\\evil",
    "/\t/evil.example",
    "/\n/evil.example",
    "/ /evil.example",
    " /home",
    "/home\r\nSet-Cookie: a=b",
    "/home\x00",
    "/h\u00f6me",
    "/\uff0f/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https://evil.example",
    "https://evil.example/https://app.example.com",
    "https://app.example.com.evil.example",
    "https://app.example.com@evil.example",
    "https://app.example.com:443@evil.example/",
    "https://app.example.com%40evil.example",
    "https://app.example.com\\@evil.example",
    "https://app.example.com\\.evil.example",
    "https://app.example.com:444/",
    "https://app.example.com:",
    "https://app.example.com:80/",
    "http://app.example.com/",
    "https://evil.example#@app.example.com",
    "https://evil.example?https://app.example.com",
    "https://user:pw@app.example.com/",
    "https://\uff41pp.example.com/",
    "https://app.example.com\n.evil.example",
    "http://localhost:3000.evil.example/",
    "http://localhost:30000/",
    "ftp://app.example.com/",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://app.example.com",
    "data:text/html,x",
    "https://*",
    "/" + "a" * 512,
]


@pytest.mark.parametrize("text", FIT)
def test_a_path_or_an_allowed_origin_is_fit(text: str) -> None:
    assert fit_target(text, SETTINGS) == text


@pytest.mark.parametrize("text", UNFIT)
def test_anything_else_is_ignored(text: str) -> None:
    assert fit_target(text, SETTINGS) is None


def test_nothing_is_nothing() -> None:
    assert fit_target(None, SETTINGS) is None


@pytest.mark.parametrize("text", FIT)
def test_what_is_fit_goes_out_as_it_came(text: str) -> None:
    assert lead_to(text).headers["location"] == text


def test_a_setting_with_other_letters_is_spelled_as_a_header_can() -> None:
    assert lead_to("/b\u00fccher").headers["location"] == "/b%C3%BCcher"
