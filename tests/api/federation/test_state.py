"""Who may finish what: one browser, one provider, one time, ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.settings import Settings
from models import User
from tests.api.browsers import Browser, cookies_of, failure, with_oidc
from tests.api.clients import answering, neighbour
from tests.api.people import audited, refusal
from tests.support.applications import SECRET
from tests.support.databases import copied_sqlite
from tests.support.fake_providers import FakeGitHub, FakeOpenId, query_of

pytestmark = pytest.mark.anyio

APP = "https://app.example.com"
FAILED = "oauth_failed"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One engine: what the database decides here is tried on both in test_once.py."""
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def settings(database_url: str, oidc: FakeOpenId) -> Settings:
    return with_oidc(database_url, oidc, CORS_ALLOWED_ORIGINS=APP)


async def test_two_tabs_both_arrive(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    one = oidc.approve(await browser.depart(redirect_to="/1"))
    other = oidc.approve(await browser.depart(redirect_to="/2"))
    assert len(browser.attempts) == 2
    assert (await browser.arrive(**other)).headers["location"] == "/2"
    assert (await browser.arrive(**one)).headers["location"] == "/1"
    assert browser.attempts == []


async def test_another_browser_s_answer_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    mallory, ann = Browser(http), Browser(http)
    back = oidc.approve(await mallory.depart())
    assert failure(await ann.arrive(**back)) == FAILED
    await ann.depart()
    assert failure(await ann.arrive(**back)) == FAILED
    assert "access_token" not in ann.jar
    assert await User.all().count() == 0


async def test_the_cookie_of_one_attempt_does_not_finish_another(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    mallory, ann = Browser(http), Browser(http)
    back = oidc.approve(await mallory.depart())
    await ann.depart()
    (theirs,), (ours,) = mallory.attempts, ann.attempts
    ann.jar = {theirs: ann.jar[ours]}
    assert failure(await ann.arrive(**back)) == FAILED


async def test_a_code_of_another_attempt_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    """A stolen code in one's own answer: the verifier is another (RFC 9700 §4.5)."""
    mallory, ann = Browser(http), Browser(http)
    stolen = oidc.approve(await ann.depart())
    own = oidc.approve(await mallory.depart())
    assert failure(await mallory.arrive(code=stolen["code"], state=own["state"])) == FAILED
    assert "/token" in oidc.asked


async def test_a_failed_one_cannot_be_tried_again(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    kept = dict(browser.jar)
    assert failure(await browser.arrive(state=back["state"], code="wrong")) == FAILED
    assert browser.attempts == []
    assert failure(await Browser(http, kept).arrive(**back)) == FAILED


async def test_saying_no_is_a_cancelled_one(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    state = query_of(await browser.depart())["state"]
    answer = await browser.arrive(error="access_denied", state=state)
    assert failure(answer) == "oauth_cancelled"
    assert browser.attempts == []
    (event,) = await audited("auth.oauth.login")
    assert event.detail == {"provider": "oidc", "error": "oauth_cancelled"}


async def test_an_error_that_nobody_asked_for_is_a_failed_one(http: httpx.AsyncClient) -> None:
    assert failure(await Browser(http).arrive(error="access_denied", state="x")) == FAILED


async def test_an_answer_without_an_attempt_is_refused(http: httpx.AsyncClient) -> None:
    for query in ("", "state=", "code=x", "state=x&state=y&code=z", "error=x", "state=%00%ff"):
        assert failure(await http.get(f"/v1/auth/callback/oidc?{query}")) == FAILED


async def test_a_doubled_parameter_is_as_good_as_none(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    query = f"state={back['state']}&code={back['code']}&code=another"
    assert failure(await browser.get(f"/v1/auth/callback/oidc?{query}")) == FAILED


async def test_another_issuer_s_answer_is_refused(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    assert failure(await browser.arrive(**back, iss="https://evil.example")) == FAILED
    assert "/token" not in oidc.asked
    back = oidc.approve(await browser.depart())
    assert (await browser.arrive(**back, iss=oidc.url)).headers["location"] == "/"


async def test_a_provider_that_always_names_itself_must(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    oidc.metadata["authorization_response_iss_parameter_supported"] = True
    assert failure(await Browser(http).sign_in(oidc)) == FAILED


async def test_one_provider_s_attempt_does_not_finish_at_another(
    database_url: str, oidc: FakeOpenId
) -> None:
    with FakeGitHub() as github:
        known = {"AUTH_GITHUB_CLIENT_ID": "x", "AUTH_GITHUB_CLIENT_SECRET": "x"}
        settings = with_oidc(database_url, oidc, AUTH_GITHUB_URL=github.url, **known)
        async with answering(settings) as http:
            browser = Browser(http)
            back = oidc.approve(await browser.depart("oidc"))
            assert failure(await browser.arrive("github", **back)) == FAILED
        # The code went nowhere: the other provider could have used it.
        assert github.asked == []


async def test_an_attempt_survives_the_rotation_of_the_secret(
    settings: Settings, database_url: str, oidc: FakeOpenId
) -> None:
    async with answering(settings) as before:
        browser = Browser(before)
        back = oidc.approve(await browser.depart())
    rotated = with_oidc(
        database_url,
        oidc,
        AUTH_JWT_SECRET="a-newer-secret-that-is-long-enough",
        AUTH_JWT_SECRET_PREVIOUS=SECRET,
    )
    async with answering(rotated) as after:
        browser.http = after
        assert (await browser.arrive(**back)).headers["location"] == "/"


async def test_an_attempt_is_over_after_ten_minutes(
    http: httpx.AsyncClient, oidc: FakeOpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(minutes=10)

    monkeypatch.setattr("api.http.requests.datetime", Later)
    assert failure(await browser.arrive(**back)) == FAILED
    assert browser.attempts == []


async def test_a_browser_holds_a_few_attempts(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    browser.jar["oauth_0123456789abcdef"] = "nonsense"
    browser.jar["oauth_of_another_program"] = "kept"
    for _ in range(9):
        last = oidc.approve(await browser.depart(redirect_to="/" + "a" * 511))
    assert len(browser.attempts) == 1 + 4
    assert browser.jar["oauth_of_another_program"] == "kept"
    assert sum(map(len, browser.jar.values())) < 5_000
    assert (await browser.arrive(**last)).status_code == 303
    assert "access_token" in browser.jar


async def test_over_https_no_other_host_can_plant_an_attempt(
    database_url: str, oidc: FakeOpenId
) -> None:
    settings = with_oidc(database_url, oidc, AUTH_BASE_URL="https://auth.test")
    async with answering(settings) as http:
        browser = Browser(http)
        answer = await http.get("/v1/auth/oauth/oidc")
        (cookie,) = cookies_of(answer).values()
        assert cookie.key.startswith("__Host-oauth_")
        assert cookie["secure"] and cookie["path"] == "/" and not cookie["domain"]
        answer = await browser.sign_in(oidc)
        assert answer.headers["location"] == "/"
        assert browser.attempts == []
        back = oidc.approve(await browser.depart())
        planted = {name.removeprefix("__Host-"): value for name, value in browser.jar.items()}
        answer = await Browser(http, planted).arrive(**back)
        assert answer.headers["location"] == "https://auth.test/login?error=oauth_failed"


async def test_the_browser_lands_where_it_wanted_to_and_may(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for asked, landing in (
        ("/home?a=1#b", "/home?a=1#b"),
        (f"{APP}/x", f"{APP}/x"),
        ("//evil.example", "/"),
        (APP + "@evil.example", "/"),
        ("https://evil.example", "/"),
    ):
        answer = await Browser(http).sign_in(oidc, redirect_to=asked)
        assert answer.headers["location"] == landing


async def test_the_landing_is_a_setting(database_url: str, oidc: FakeOpenId) -> None:
    settings = with_oidc(database_url, oidc, AUTH_LOGIN_REDIRECT_URL="https://other.example/home")
    async with answering(settings) as http:
        answer = await Browser(http).sign_in(oidc)
        assert answer.headers["location"] == "https://other.example/home"


async def test_sixty_returns_that_come_to_nothing_are_enough_from_one_address(
    http: httpx.AsyncClient, oidc: FakeOpenId
) -> None:
    for _ in range(58):
        assert failure(await Browser(http).arrive(state="x", code="y")) == FAILED
    for error in ("access_denied", "server_error"):
        browser = Browser(http)
        state = query_of(await browser.depart())["state"]
        assert failure(await browser.arrive(state=state, error=error)).startswith("oauth_")
    answer = await Browser(http).arrive(state="x", code="y")
    assert refusal(answer) == (429, "Too many tries; try again in 10 minutes")
    assert 0 < int(answer.headers["retry-after"]) <= 600
    (event,) = await audited("auth.rate_limited")
    assert event.detail == {"what": "oauth"}
    async with neighbour(http, "192.0.2.1") as elsewhere:
        answer = await Browser(elsewhere).sign_in(oidc)
        assert answer.headers["location"] == "/"


async def test_a_provider_that_is_not_there_is_404(http: httpx.AsyncClient) -> None:
    for name, words in (
        ("facebook", "Unknown OAuth provider"),
        ("Google", "Unknown OAuth provider"),
        ("google", "Google OAuth not configured"),
        ("github", "GitHub OAuth not configured"),
    ):
        for path in ("oauth", "callback"):
            assert refusal(await http.get(f"/v1/auth/{path}/{name}")) == (404, words)


async def test_only_mode_full_has_providers(database_url: str, oidc: FakeOpenId) -> None:
    operator = {"AUTH_ADMIN_EMAIL": "root@example.com", "AUTH_ADMIN_PASSWORD": "some words"}
    for mode in ("none", "admin"):
        settings = with_oidc(database_url, oidc, AUTH_MODE=mode, AUTH_OIDC_NAME="Corp", **operator)
        async with answering(settings) as http:
            for path in ("oauth", "callback"):
                answer = await http.get(f"/v1/auth/{path}/oidc", headers={"Host": "localhost"})
                assert refusal(answer) == (404, "Corp OAuth not configured")
