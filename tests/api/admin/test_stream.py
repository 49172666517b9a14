"""The stream in process: who may listen, and what a listener reads."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.routes.admin import stream as route
from api.routes.admin.schemas import KeyUsed
from models import ApiKey, database, new_id
from tests.api.clients import (
    answering,
    app_of,
    by_hand,
    in_mode,
)
from tests.api.people import log_in, me, new_key, refresh
from tests.support.people import Person, bearer
from tests.support.streams import PATH, listening
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

# The stream looks once in 0.9 seconds; what has not come after this does not come.
A_LITTLE_LONGER = 1.2


async def test_nobody_listens_without_a_credential(http: httpx.AsyncClient) -> None:
    answer = await http.get(PATH)
    assert (answer.status_code, answer.json()["error"]) == (401, "Authentication required")


async def test_a_user_does_not_listen(http: httpx.AsyncClient, bob: Person) -> None:
    answer = await http.get(PATH, headers=bob.bearer)
    assert (answer.status_code, answer.json()["error"]) == (403, "Admin access required")


@pytest.mark.parametrize("scopes", [["keys:read"], ["admin:write"], ["other"]])
async def test_an_operators_key_needs_the_scope(
    http: httpx.AsyncClient, root: Person, scopes: list[str]
) -> None:
    key = await new_key(http, root, scopes=scopes)
    assert (await http.get(PATH, headers=bearer(key["key"]))).status_code == 403


@pytest.mark.parametrize("scopes", [["*"], ["admin:read"]])
async def test_an_operators_key_with_the_scope_listens(
    http: httpx.AsyncClient, root: Person, scopes: list[str]
) -> None:
    key = await new_key(http, root, scopes=scopes)
    async with listening(app_of(http), bearer(key["key"])) as stream:
        assert stream.status == 200


async def test_everybody_listens_in_mode_none(database_url: str) -> None:
    async with (
        answering(in_mode(database_url, "none")) as http,
        listening(app_of(http), {"Host": "localhost"}) as stream,
    ):
        await stream.hears("listening")
        foreign = await http.get(PATH, headers={"Host": "evil.example"})
        assert foreign.status_code == 403


async def test_a_cookie_listens(http: httpx.AsyncClient, root: Person) -> None:
    async with listening(app_of(http), root.cookie) as stream:
        await stream.hears("listening")


async def test_the_head_is_that_of_an_event_stream(http: httpx.AsyncClient, root: Person) -> None:
    async with listening(app_of(http), root.bearer) as stream:
        assert stream.headers["content-type"] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert re.fullmatch("[0-9a-f]{32}", stream.headers["x-request-id"])
        assert "content-length" not in stream.headers


async def test_asked_for_the_head_alone_it_ends(http: httpx.AsyncClient, root: Person) -> None:
    async with listening(app_of(http), root.bearer, method="HEAD") as stream:
        assert stream.status == 200
        assert stream.headers["content-type"] == "text/event-stream"
        await stream.ends()
        assert stream.text == ""


async def test_an_event_is_an_id_a_kind_and_one_line_of_data(
    http: httpx.AsyncClient, database_url: str, root: Person
) -> None:
    await new_key(http, root)
    used = "UPDATE api_keys SET last_used_at = created_at, last_used_ip = ?"
    async with listening(app_of(http), root.bearer) as stream:
        await by_hand(database_url, used, "1\n\nevent: forged\r\rdata: {}")
        await stream.hears("key_used", ip="1\n\nevent: forged\r\rdata: {}")
        assert stream.text.endswith("\n\n")
        for block in stream.blocks:
            assert re.fullmatch(r"id: [0-9:,/@]+\nevent: [a-z_]+\ndata: \{.*\}", block)


async def test_a_use_of_a_key_is_told(http: httpx.AsyncClient, root: Person, bob: Person) -> None:
    key = await new_key(http, bob)
    async with listening(app_of(http), root.bearer) as stream:
        await me(http, bearer(key["key"]))
        told = await stream.hears("key_used", id=key["id"])
        row = await ApiKey.get(id=key["id"])
        assert row.last_used_at is not None
        assert told.data == {
            "id": key["id"],
            "last_used_at": row.last_used_at.isoformat().replace("+00:00", "Z"),
            "ip": "127.0.0.1",
        }


async def test_the_audit_trail_is_told_whole(
    http: httpx.AsyncClient, root: Person, bob: Person
) -> None:
    async with listening(app_of(http), root.bearer) as stream:
        answer = await log_in(http, bob.email, "not the password")
        told = await stream.hears("audit", action="auth.login")
    assert list(told.data) == [
        *("id", "at", "action", "outcome", "actor_id", "actor_email", "user_id", "user_email"),
        *("ip_address", "user_agent", "request_id", "detail"),
    ]
    assert told.data["outcome"] == "failure"
    assert (told.data["user_id"], told.data["user_email"]) == (bob.id, bob.email)
    assert told.data["request_id"] == answer.headers["x-request-id"]
    assert told.data["at"].endswith("Z")


AUDIT = "INSERT INTO audit_events (id, action, outcome, at, detail) VALUES "
POISON = {
    "sqlite": [
        f"{AUDIT} ('x', 'by.hand', 'success', 'then', '[]')",
        f"{AUDIT} ('{new_id()}', 'by.hand', 'success', '9999-12-31 23:59:59-10:00', '{{}}')",
        f"""{AUDIT} ('{new_id()}', 'by.hand', 'success', '2026-01-01', '{{"half": "\\ud800"}}')""",
    ],
    "postgresql": [
        "UPDATE api_keys SET last_used_at = 'infinity'",
        f"{AUDIT} ('{new_id()}', 'by.hand', 'success', '10000-01-01', '[]')",
    ],
}


async def test_what_cannot_be_told_hides_nothing_else(
    http: httpx.AsyncClient, database_url: str, root: Person
) -> None:
    key = await new_key(http, root)
    async with listening(app_of(http), root.bearer) as stream:
        await stream.hears("listening")
        for statement in POISON[database.engine().name]:
            await by_hand(database_url, statement)
        await by_hand(database_url, "DELETE FROM api_keys")
        await stream.hears("key_revoked", id=key["id"])
        assert stream.kinds == ["listening", "key_revoked"]


async def test_an_event_without_a_detail_is_told_as_the_list_shows_it(
    http: httpx.AsyncClient, database_url: str, root: Person
) -> None:
    event_id = str(new_id())
    async with listening(app_of(http), root.bearer) as stream:
        await stream.hears("listening")
        await by_hand(
            database_url, f"{AUDIT} ('{event_id}', 'by.hand', 'success', '2026-01-01', 'null')"
        )
        told = await stream.hears("audit", id=event_id)
    shown = await http.get(f"/v1/admin/audit-events/{event_id}", headers=root.bearer)
    assert told.data == shown.json()
    assert told.data["detail"] is None


def test_a_time_without_an_offset_is_in_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", "America/New_York")
        time.tzset()
        used = KeyUsed(
            id=uuid4(), last_used_at=datetime.fromisoformat("2026-01-01 12:00:00"), ip=None
        )
    time.tzset()
    assert '"last_used_at":"2026-01-01T12:00:00Z"' in used.model_dump_json()


async def test_listening_is_no_use_of_the_key_that_listens(
    http: httpx.AsyncClient, root: Person
) -> None:
    key = await new_key(http, root)
    async with listening(app_of(http), bearer(key["key"])) as stream:
        await stream.hears("key_used", id=key["id"])
        await asyncio.sleep(2 * A_LITTLE_LONGER)
        assert len(stream.of("key_used")) == 1


async def test_a_rotation_and_a_look_are_nothing_to_tell(
    http: httpx.AsyncClient, root: Person, bob: Person
) -> None:
    async with listening(app_of(http), root.bearer) as stream:
        await stream.hears("listening")
        await refresh(http, bob.refresh_token)
        await me(http, bob.bearer)
        await asyncio.sleep(A_LITTLE_LONGER)
        assert stream.kinds == ["listening"]


async def test_silence_is_broken_by_comments(
    http: httpx.AsyncClient, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Looked at after each wait, so the longest silence is the sum of the two.
    assert route.COMMENT_SECONDS + route.RECHECK_SECONDS <= 15
    monkeypatch.setattr(route, "COMMENT_SECONDS", 0.1)
    async with listening(app_of(http), root.bearer) as stream:
        await until(lambda: len(stream.comments) >= 2)
        assert stream.kinds == ["listening"]


async def test_a_comment_names_the_place_that_a_quiet_time_has_led_to(
    http: httpx.AsyncClient, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "COMMENT_SECONDS", 0.1)
    async with listening(app_of(http), root.bearer) as stream:
        began = _read_at((await stream.hears("listening")).id)
        await until(lambda: bool(stream.comments) and _read_at(stream.comments[-1]) >= began + 2)
        assert stream.comments[-1].startswith(": still here\nid: ")


def _read_at(position: str) -> int:
    return int(position.rpartition("@")[2])


async def statements_while_listening(
    http: httpx.AsyncClient, listeners: int, root: Person, patch: pytest.MonkeyPatch
) -> int:
    """How often the database is asked in a while, with the listeners all there."""
    asked: list[str] = []
    client = type(database.connection())
    async with AsyncExitStack() as stack:
        for _ in range(listeners):
            await stack.enter_async_context(listening(app_of(http), root.bearer))
        with patch.context() as patched:
            for name in ("execute_query", "execute_query_dict"):
                patched.setattr(client, name, tapped(getattr(client, name), asked))
            await asyncio.sleep(2)
    return len(asked)


def tapped(execute: Callable[..., Awaitable[Any]], asked: list[str]) -> Callable[..., Any]:
    async def tap(self: Any, query: str, values: Any = None) -> Any:
        asked.append(query)
        return await execute(self, query, values)

    return tap


async def test_many_listeners_ask_the_database_no_more_often_than_one(
    http: httpx.AsyncClient, root: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await statements_while_listening(http, 1, root, monkeypatch)
    many = await statements_while_listening(http, 25, root, monkeypatch)
    assert 0 < many <= one + 2
