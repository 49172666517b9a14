from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog

from api.server import logs
from api.settings import Settings
from tests.api.clients import answering, in_mode
from tests.api.people import log_in, me, new_key, refresh, registered
from tests.support.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.anyio


@pytest.fixture
def stream(settings: Settings) -> Iterator[io.StringIO]:
    """Where the lines go, as JSON; logging is as it was afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(settings, stream)
    yield stream
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture(params=["info"])
def settings(database_url: str, request: pytest.FixtureRequest) -> Settings:
    return in_mode(database_url, "full", AUTH_LOG_FORMAT="json", AUTH_LOG_LEVEL=request.param)


@pytest.fixture
async def http(settings: Settings, stream: io.StringIO) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(settings) as client:
        yield client


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    """The lines of requests since they were last read."""
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    lines = [json.loads(line) for line in text.splitlines()]
    return [line for line in lines if line["event"] == "request"]


async def test_each_request_leaves_one_line(
    http: httpx.AsyncClient, ann: Person, stream: io.StringIO
) -> None:
    lines_of(stream)
    answer = await log_in(http)
    (line,) = lines_of(stream)
    assert (line["method"], line["path"]) == ("POST", "/v1/auth/login")
    assert (line["status"], line["user_id"]) == (200, ann.id)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert line["address"] == "127.0.0.1"
    assert line["level"] == "info"
    await http.get("/nothing")
    await http.get("/v1/auth/login")
    assert [line["status"] for line in lines_of(stream)] == [404, 405]


async def test_good_checks_are_counted_and_not_logged(
    http: httpx.AsyncClient, ann: Person, stream: io.StringIO
) -> None:
    lines_of(stream)
    await me(http, ann.bearer)
    await http.get("/v1/auth/verify", headers=ann.bearer)
    await http.head("/api/v1/auth/verify", headers=ann.bearer)
    await http.get("/v1/auth/config")
    assert lines_of(stream) == []


async def test_refused_checks_are_logged(
    http: httpx.AsyncClient, ann: Person, stream: io.StringIO
) -> None:
    lines_of(stream)
    await me(http, bearer("nonsense"))
    await http.get("/v1/auth/verify")
    await http.get("/v1/auth/verify?role=admin", headers=ann.bearer)
    assert [(line["path"], line["status"]) for line in lines_of(stream)] == [
        ("/v1/auth/me", 401),
        ("/v1/auth/verify", 401),
        ("/v1/auth/verify", 403),
    ]


@pytest.mark.parametrize("settings", ["debug"], indirect=True)
async def test_at_debug_good_checks_are_logged_too(
    http: httpx.AsyncClient, ann: Person, stream: io.StringIO
) -> None:
    lines_of(stream)
    await me(http, ann.bearer)
    assert [line["path"] for line in lines_of(stream)] == ["/v1/auth/me"]


@pytest.mark.parametrize("settings", ["info", "debug"], indirect=True)
async def test_no_line_holds_a_secret_or_a_query_string(
    http: httpx.AsyncClient, stream: io.StringIO
) -> None:
    ann = await registered(http)
    key = (await new_key(http, ann))["key"]
    mistyped = "typed-into-the-wrong-field" + "!" * 300
    await log_in(http, email=mistyped[:200], password=mistyped)
    await log_in(http, email=mistyped)
    await log_in(http, password=mistyped)
    await me(http, bearer(key))
    await me(http, ann.cookie)
    await me(http, bearer(key[:-1]))
    await http.get("/v1/auth/verify?role=hidden-word&token=" + ann.access_token)
    second = (await refresh(http, ann.refresh_token)).json()["refresh_token"]
    form = {"current_password": PASSWORD, "new_password": "another password"}
    await http.post("/v1/auth/password", json=form, headers=ann.bearer)
    await http.post("/v1/auth/logout", json={"refresh_token": second})
    # The client of these tests lives in the same process and has a logger too.
    lines = stream.getvalue().splitlines()
    text = "\n".join(line for line in lines if '"logger": "http' not in line)
    secrets = [PASSWORD, "another password", "typed-into", key[4:60], "hidden-word"]
    for token in (ann.access_token, ann.refresh_token, second):
        secrets += token.split(".")[1:]
    assert [secret for secret in secrets if secret in text] == []


async def test_a_forwarded_address_that_is_ignored_is_mentioned_once(
    http: httpx.AsyncClient, stream: io.StringIO
) -> None:
    for _ in range(3):
        await http.get("/health", headers={"X-Forwarded-For": "203.0.113.1"})
    said = [line for line in stream.getvalue().splitlines() if "PROXIES" in line]
    assert len(said) == 1
    assert "SANIC_PROXIES_COUNT" in said[0]
    assert "203.0.113.1" not in stream.getvalue()


async def test_of_a_long_path_only_the_beginning_is_logged(
    http: httpx.AsyncClient, stream: io.StringIO
) -> None:
    await http.get("/" + "ey" * 2000)
    (line,) = [line for line in lines_of(stream) if line["event"] == "request"]
    assert line["path"] == "/" + "ey" * 255 + "e"


async def test_a_proxy_that_does_not_say_whose_request_it_is_is_mentioned_once(
    settings: Settings, stream: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANIC_PROXIES_COUNT", "1")
    async with answering(settings) as http:
        for _ in range(3):
            await http.get("/health", headers={"X-Forwarded-For": "198.51.100.1, unknown"})
    assert stream.getvalue().count("does not say whose request it passes on") == 1
