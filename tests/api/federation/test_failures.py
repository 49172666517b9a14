"""Providers that are down, slow, overloaded, or answer nonsense; and what the log says of it."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog

from api.federation import cached_document, provider_http
from api.server import logs
from api.settings import Settings
from models import OAuthIdentity, RefreshToken, User
from tests.api.browsers import Browser, failure, with_github, with_oidc
from tests.api.clients import answering
from tests.support.databases import copied_sqlite
from tests.support.fake_providers import (
    Answer,
    Asked,
    FakeGitHub,
    FakeOpenId,
    query_of,
)

pytestmark = pytest.mark.anyio

FAILED = "oauth_failed"
DISCOVERY = "/.well-known/openid-configuration"
PRIMARY = {"email": "octo@example.com", "primary": True, "verified": True}
let_go = threading.Event()


def json_error(status: int, error: str) -> Answer:
    return lambda _: (status, "application/json", f'{{"error":"{error}"}}'.encode())


def slow(_: Asked) -> Any:
    let_go.wait(10)
    return {}


def endless(_: Asked) -> Any:
    return 200, "application/json", b'"' + b"a" * (provider_http.MAX_ANSWER_BYTES + 1) + b'"'


def elsewhere(_: Asked) -> Any:
    return 307, "text/plain", b"/stolen"


NONSENSE: dict[str, Answer] = {
    "429": lambda _: (429, "text/html", b"<h1>Too many</h1>"),
    "429 in JSON": json_error(429, "slow_down"),
    "500": lambda _: (500, "text/html", b"<h1>Oops</h1>"),
    "503 in JSON": json_error(503, "temporarily_unavailable"),
    "HTML": lambda _: (200, "text/html", b"<h1>Hello</h1>"),
    "nothing": lambda _: (200, "application/json", b""),
    "204": lambda _: (204, "application/json", b""),
    "a number": lambda _: 7,
    "null": lambda _: None,
    "a list": lambda _: [],
    "a list of nonsense": lambda _: [None, 7, "x", {}, {"primary": True, "verified": "yes"}],
    "an empty object": lambda _: {},
    "deep nesting": lambda _: (200, "application/json", b"[" * 100_000),
    "broken UTF-8": lambda _: (200, "application/json", b'{"a":"\xff\xfe"}'),
    "a redirect": elsewhere,
    "too much": endless,
    "too slow": slow,
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seconds are fractions here, and a failure is forgotten at once."""
    assert (provider_http.CALL_SECONDS, provider_http.MAX_ANSWER_BYTES) == (5, 262_144)
    monkeypatch.setattr(provider_http, "CALL_SECONDS", 0.6)
    monkeypatch.setattr(cached_document, "FAILED", 0)
    let_go.clear()
    yield
    let_go.set()


@pytest.fixture(scope="module")
def database_url(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """One engine: nothing here gets as far as the database."""
    return copied_sqlite(sqlite_template, tmp_path_factory.mktemp("trouble"))


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    with FakeGitHub(PRIMARY) as fake:
        yield fake


@pytest.fixture
def settings(database_url: str, oidc: FakeOpenId, github: FakeGitHub) -> Settings:
    both = with_github(database_url, github)
    fields = ("github_url", "github_api_url", "github_client_id", "github_client_secret")
    return with_oidc(database_url, oidc, AUTH_LOG_FORMAT="json").model_copy(
        update={field: getattr(both, field) for field in fields}
    )


@pytest.fixture
def stream(settings: Settings) -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(settings.model_copy(update={"log_level": "debug"}), stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
async def http(settings: Settings, stream: io.StringIO) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(settings) as client:
        await User.all().delete()
        yield client


async def nothing_is_left() -> None:
    for table in (User, OAuthIdentity, RefreshToken):
        assert await table.all().count() == 0


@pytest.mark.parametrize("path", ["/token", "/jwks", "/userinfo"])
async def test_nonsense_of_an_openid_provider_ends_the_sign_in(
    path: str, http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["userinfo_endpoint"] = f"{oidc.url}/userinfo"
    oidc.changes["email"] = None
    for name, answer in NONSENSE.items():
        oidc.answers[path] = answer
        assert failure(await Browser(http).sign_in(oidc)) == FAILED, name
        await nothing_is_left()
    assert "/stolen" not in oidc.asked


async def test_a_provider_that_cannot_be_discovered_ends_it_before_it_begins(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for name, answer in NONSENSE.items():
        oidc.answers[DISCOVERY] = answer
        browser = Browser(http)
        assert failure(await browser.get("/v1/auth/oauth/oidc")) == FAILED, name
        assert browser.attempts == []
    del oidc.answers[DISCOVERY]
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"


@pytest.mark.parametrize("path", ["/login/oauth/access_token", "/user", "/user/emails"])
async def test_nonsense_of_github_ends_the_sign_in(
    path: str, http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    for name, answer in NONSENSE.items():
        github.answers[path] = answer
        failed = failure(await Browser(http).sign_in(github))
        is_list = path == "/user/emails" and name.startswith("a list")
        assert failed == ("oauth_not_permitted" if is_list else FAILED), name
        await nothing_is_left()
    assert "/stolen" not in github.asked


async def test_a_good_answer_that_is_too_long_is_cut_off(
    http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.user["bio"] = "a" * (provider_http.MAX_ANSWER_BYTES - 500)
    assert (await Browser(http).sign_in(github)).headers["location"] == "/"
    github.user["bio"] += "a" * 500
    assert failure(await Browser(http).sign_in(github)) == FAILED


async def test_a_compressed_answer_is_not_unpacked(
    http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.headers["Content-Encoding"] = "gzip"
    assert failure(await Browser(http).sign_in(github)) == FAILED


WRONG_DOCUMENTS: list[dict[str, Any]] = [
    {"issuer": "https://evil.example"},
    {"issuer": None},
    {"issuer": ["x"]},
    {"token_endpoint": "http://evil.example/token"},
    {"token_endpoint": "ftp://evil.example"},
    {"token_endpoint": "http://[evil/"},
    {"token_endpoint": None},
    {"jwks_uri": "http://evil.example/jwks"},
    {"jwks_uri": "https:///jwks"},
    {"jwks_uri": "https://a b.example/jwks"},
    {"jwks_uri": "https://h:99999/jwks"},
    {"jwks_uri": "https://h\\@evil.example/jwks"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"authorization_endpoint": "https://h/\r\nSet-Cookie: a=b"},
    {"userinfo_endpoint": "http://evil.example/userinfo"},
]


async def test_a_document_that_leads_elsewhere_is_not_followed(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for metadata in WRONG_DOCUMENTS:
        oidc.metadata = metadata
        assert failure(await Browser(http).get("/v1/auth/oauth/oidc")) == FAILED, metadata
    assert set(oidc.asked) == {DISCOVERY}


async def test_an_issuer_that_ends_with_a_slash_is_the_same(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["issuer"] = f"{oidc.url}/"
    assert failure(await Browser(http).sign_in(oidc)) == FAILED
    oidc.changes["iss"] = f"{oidc.url}/"
    assert (await Browser(http).sign_in(oidc)).headers["location"] == "/"


async def test_a_provider_that_is_away_ends_it(
    http: httpx.AsyncClient, oidc: FakeOpenId, github: FakeGitHub, stream: io.StringIO
) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    oidc.__exit__()
    assert failure(await browser.arrive(**back)) == FAILED
    assert "/token" not in oidc.asked
    assert '"why": "the token endpoint cannot be reached' in stream.getvalue()
    assert (await Browser(http).sign_in(github)).headers["location"] == "/"
    oidc.__enter__()


UNFIT_ADDRESSES: list[list[dict[str, Any]]] = [
    [],
    [{**PRIMARY, "verified": False}],
    [{**PRIMARY, "verified": 1}],
    [{**PRIMARY, "primary": False}],
    [{**PRIMARY, "email": "no address"}],
    [{**PRIMARY, "verified": False}, {**PRIMARY, "primary": False}],
]


async def test_github_s_public_or_unverified_address_is_not_taken(
    http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.user["email"] = "public@example.com"
    for emails in UNFIT_ADDRESSES:
        github.emails = emails
        assert failure(await Browser(http).sign_in(github)) == "oauth_not_permitted", emails
    await nothing_is_left()


async def test_a_github_user_without_a_number_is_nobody(
    http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    idents: tuple[Any, ...] = (None, "583231", True, 0, -1, 1.5, [1], {})
    for ident in idents:
        github.user["id"] = ident
        assert failure(await Browser(http).sign_in(github)) == FAILED, ident
    await nothing_is_left()


async def test_a_redirect_uri_that_is_not_registered_is_named_in_the_log(
    http: httpx.AsyncClient, github: FakeGitHub, stream: io.StringIO
) -> None:
    uri = "http://auth.test/v1/auth/callback/github"
    browser = Browser(http)
    state = query_of(await browser.depart("github"))["state"]
    # As GitHub says it by the browser, and by the token endpoint, with status 200.
    answer = await browser.arrive("github", state=state, error="redirect_uri_mismatch")
    assert failure(answer) == FAILED
    github.answers["/login/oauth/access_token"] = json_error(200, "redirect_uri_mismatch")
    assert failure(await Browser(http).sign_in(github)) == FAILED
    assert stream.getvalue().count(f"register {uri} with it") == 2


async def test_wrong_credentials_of_ours_are_told_apart_in_the_log(
    http: httpx.AsyncClient, github: FakeGitHub, stream: io.StringIO
) -> None:
    github.answers["/login/oauth/access_token"] = json_error(200, "incorrect_client_credentials")
    assert failure(await Browser(http).sign_in(github)) == FAILED
    assert "check the client id and secret" in stream.getvalue()


async def test_a_claim_that_fails_is_named_in_the_log(
    http: httpx.AsyncClient, oidc: FakeOpenId, stream: io.StringIO
) -> None:
    wrong: dict[str, Any] = {
        "nonce": "another",
        "aud": "another",
        "iss": "https://evil.example",
        "exp": 1,
        "iat": 9_999_999_999,
        "nbf": 9_999_999_999,
        "azp": "another",
        "at_hash": "AAAA",
        "sub": 7,
    }
    for claim, value in wrong.items():
        oidc.changes = {claim: value}
        assert failure(await Browser(http).sign_in(oidc)) == FAILED
        assert f"the id token's claim {claim} " in stream.getvalue()
        if claim in ("nonce", "aud", "iss", "exp", "iat", "sub"):
            oidc.changes = {claim: None}
            assert failure(await Browser(http).sign_in(oidc)) == FAILED
            assert f"the id token lacks the claim {claim}" in stream.getvalue()


async def test_what_a_provider_says_of_an_error_is_in_the_log(
    http: httpx.AsyncClient, oidc: FakeOpenId, stream: io.StringIO
) -> None:
    refused = {"error": "invalid_client", "error_description": "AADSTS7000215: Wrong\n secret."}
    oidc.answers["/token"] = lambda _: (401, "application/json", json.dumps(refused).encode())
    assert failure(await Browser(http).sign_in(oidc)) == FAILED
    assert (
        r"(invalid_client); check the client id and secret; it says: \"AADSTS" in stream.getvalue()
    )
    assert r"AADSTS7000215: Wrong secret.\"" in stream.getvalue()
    browser = Browser(http)
    state = query_of(await browser.depart())["state"]
    described = "Ann is not assigned to this application\x1b[2J\u2028"
    answer = await browser.arrive(state=state, error="access_denied", error_description=described)
    assert failure(answer) == "oauth_cancelled"
    assert (
        r'told no; it says: \"Ann is not assigned to this application [2J\""' in stream.getvalue()
    )


async def test_a_provider_s_trouble_does_not_lock_anybody_out(
    http: httpx.AsyncClient, github: FakeGitHub
) -> None:
    github.answers["/user"] = json_error(503, "x")
    for _ in range(61):
        assert failure(await Browser(http).sign_in(github)) == FAILED
    del github.answers["/user"]
    assert (await Browser(http).sign_in(github)).headers["location"] == "/"


async def test_no_line_holds_a_secret_even_at_debug(
    http: httpx.AsyncClient, oidc: FakeOpenId, github: FakeGitHub, stream: io.StringIO
) -> None:
    secrets = ["hush+hush", "hush%2Bhush", "hush-access", "hush-error"]
    for fake in (oidc, github):
        for error in (None, "hush-error"):
            browser = Browser(http)
            back = fake.approve(await browser.depart("oidc" if fake is oidc else "github"))
            if error:
                back = {"state": back["state"], "error": f"{error}<script>", "code": back["code"]}
                back["error_description"] = f"{back['code']} of {back['state']} is none"
            secrets += [*back.values(), *(value.split(".")[1] for value in browser.jar.values())]
            answer = await browser.arrive("oidc" if fake is oidc else "github", **back)
            secrets += [value.split(".")[-1] for value in browser.jar.values()]
            assert answer.status_code == 303
    # The client of these tests lives in the same process and has a logger too.
    lines = stream.getvalue().splitlines()
    text = "\n".join(
        line for line in lines if '"logger": "http"' not in line and '"logger": "httpx"' not in line
    )
    assert '"why"' in text
    assert [secret for secret in secrets if secret and secret in text] == []
