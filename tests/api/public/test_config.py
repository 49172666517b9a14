from __future__ import annotations

import pytest

from tests.api.clients import answering, in_mode

pytestmark = pytest.mark.anyio

GOOGLE = {"AUTH_GOOGLE_CLIENT_ID": "g", "AUTH_GOOGLE_CLIENT_SECRET": "gs"}
GITHUB = {"AUTH_GITHUB_CLIENT_ID": "h", "AUTH_GITHUB_CLIENT_SECRET": "hs"}
BOTH = {**GITHUB, **GOOGLE}
OIDC = {
    "AUTH_OIDC_ISSUER": "https://id.example.com",
    "AUTH_OIDC_CLIENT_ID": "o",
    "AUTH_OIDC_CLIENT_SECRET": "os",
}

TABLE = [
    ("none", {}, False, [], False),
    ("none", BOTH, False, [], False),
    ("admin", {}, True, [], False),
    ("admin", BOTH, True, [], False),
    ("full", {}, True, [], True),
    ("full", BOTH, True, ["google", "github"], True),
    ("full", GITHUB, True, ["github"], True),
    ("full", {**OIDC, **BOTH}, True, ["google", "github", "oidc"], True),
    ("full", {"AUTH_DISABLE_PASSWORD": "yes"}, False, [], True),
    ("full", {"AUTH_DISABLE_SIGNUP": "on"}, True, [], False),
]


async def test_config_says_how_one_may_sign_in(database_url: str) -> None:
    for mode, variables, password, providers, signup in TABLE:
        async with answering(in_mode(database_url, mode, **variables)) as http:
            answer = await http.get("/v1/auth/config")
        assert answer.status_code == 200
        assert list(answer.json().items()) == [
            ("mode", mode),
            ("password_auth_enabled", password),
            ("oauth_providers", providers),
            ("signup_enabled", signup),
        ]


async def test_the_mode_is_understood_in_any_case(database_url: str) -> None:
    async with answering(in_mode(database_url, "FULL")) as http:
        assert (await http.get("/v1/auth/config")).json()["mode"] == "full"


async def test_config_never_shows_a_provider_s_secret(database_url: str) -> None:
    secrets = {**BOTH, "AUTH_GOOGLE_CLIENT_SECRET": "hush-hush"}
    async with answering(in_mode(database_url, "full", **secrets)) as http:
        assert "hush-hush" not in (await http.get("/v1/auth/config")).text
