from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.settings import Settings

Load = Callable[..., Settings]

FULL = {"AUTH_MODE": "full", "AUTH_JWT_SECRET": "s" * 32}
GOOGLE = {"AUTH_GOOGLE_CLIENT_ID": "id", "AUTH_GOOGLE_CLIENT_SECRET": "secret"}
GITHUB = {"AUTH_GITHUB_CLIENT_ID": "id", "AUTH_GITHUB_CLIENT_SECRET": "secret"}
OIDC = {
    "AUTH_OIDC_ISSUER": "https://id.example.com",
    "AUTH_OIDC_CLIENT_ID": "id",
    "AUTH_OIDC_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize(
    ("base_url", "api_prefix", "prefixes"),
    [
        ("http://localhost:9300/api", "", ("", "/api")),
        ("https://auth.example.com", "", ("", "/api")),
        ("https://example.com/", "/auth", ("", "/api", "/auth")),
        ("https://example.com/id", "/auth", ("", "/api", "/auth", "/id/auth")),
        ("https://example.com/api", "/api/", ("", "/api", "/api/api")),
    ],
)
def test_the_prefixes_follow_from_the_urls_with_duplicates_folded(
    base_url: str, api_prefix: str, prefixes: tuple[str, ...], load_with: Load
) -> None:
    settings = load_with(AUTH_BASE_URL=base_url, API_PREFIX=api_prefix)
    assert settings.prefixes == prefixes


def test_a_redirect_uri_follows_from_the_public_url(load_with: Load) -> None:
    settings = load_with(AUTH_BASE_URL="https://example.com/id/", API_PREFIX="/auth")
    expected = "https://example.com/id/auth/v1/auth/callback/google"
    assert settings.redirect_uri("google") == expected


def test_a_redirect_uri_of_ones_own_wins(load_with: Load) -> None:
    settings = load_with(AUTH_GITHUB_REDIRECT_URI="https://example.com/back")
    assert settings.redirect_uri("github") == "https://example.com/back"
    assert settings.redirect_uri("google").endswith("/v1/auth/callback/google")


def test_providers_come_in_the_order_of_the_contract(load_with: Load) -> None:
    settings = load_with(**FULL, **OIDC, **GITHUB, **GOOGLE)
    assert settings.oauth_providers == ("google", "github", "oidc")


def test_only_mode_full_has_providers(load_with: Load) -> None:
    assert load_with(AUTH_MODE="none", **GOOGLE).oauth_providers == ()


@pytest.mark.parametrize(
    ("variables", "password", "signup"),
    [
        ({"AUTH_MODE": "none"}, False, False),
        (FULL, True, True),
        ({**FULL, "AUTH_DISABLE_PASSWORD": "yes"}, False, True),
        ({**FULL, "AUTH_DISABLE_SIGNUP": "yes"}, True, False),
    ],
)
def test_what_is_open_follows_from_mode_and_switches(
    variables: dict[str, str], password: bool, signup: bool, load_with: Load
) -> None:
    settings = load_with(**variables)
    assert settings.password_auth_enabled is password
    assert settings.signup_enabled is signup


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("http://localhost:9300/api", "http://localhost:9300"),
        ("https://Auth.Example.com/id", "https://auth.example.com"),
        ("https://auth.example.com:443", "https://auth.example.com"),
        ("http://auth.example.com:80/api", "http://auth.example.com"),
        ("https://auth.example.com:8443", "https://auth.example.com:8443"),
    ],
)
def test_the_origin_is_spelled_as_browsers_spell_it(
    base_url: str, origin: str, load_with: Load
) -> None:
    assert load_with(AUTH_BASE_URL=base_url).origin == origin


@pytest.mark.parametrize("scheme", ["https", "HTTPS", "Https"])
def test_a_scheme_in_capitals_is_as_secure(scheme: str, load_with: Load) -> None:
    assert load_with(AUTH_BASE_URL=f"{scheme}://auth.example.com").is_https


def test_a_plain_base_url_is_not_secure(load_with: Load) -> None:
    assert not load_with(AUTH_BASE_URL="http://https.example.com").is_https


def test_no_cap_on_a_session_is_none_and_not_zero(load_with: Load) -> None:
    assert load_with(AUTH_SESSION_MAX_LIFETIME="0").session_max_lifetime is None


def test_seconds_become_durations(load_with: Load) -> None:
    settings = load_with(
        AUTH_JWT_ACCESS_TOKEN_LIFETIME="60",
        AUTH_JWT_REFRESH_TOKEN_LIFETIME="120",
        AUTH_SESSION_MAX_LIFETIME="180",
        AUTH_REFRESH_REUSE_GRACE="5",
    )
    assert settings.access_token_lifetime == timedelta(minutes=1)
    assert settings.refresh_token_lifetime == timedelta(minutes=2)
    assert settings.session_max_lifetime == timedelta(minutes=3)
    assert settings.refresh_grace == timedelta(seconds=5)
