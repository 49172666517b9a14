"""PostgreSQL's notifications lost in every way: nothing is trusted, and it comes back alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

import pytest

from api.settings.database_url import DatabaseUrl
from models.engines.postgresql import invalidation
from models.engines.postgresql.client import connect_arguments
from models.engines.postgresql.invalidation import PostgresqlInvalidation
from tests.support.databases import execute
from tests.support.proxies import proxied
from tests.support.waiting import RecordingListener, until

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),
]

OF_THE_CONTRACT = 2.0


@asynccontextmanager
async def listening(url: str) -> AsyncIterator[tuple[PostgresqlInvalidation, RecordingListener]]:
    listener = RecordingListener()
    changes = PostgresqlInvalidation(connect_arguments(DatabaseUrl.parse(url)), listener)
    await changes.start()
    try:
        yield changes, listener
    finally:
        await changes.stop()


async def test_a_killed_connection_is_not_trusted_and_replaced(database_url: str) -> None:
    async with listening(database_url) as (changes, listener):
        await until(changes.is_current)
        listener.heard.clear()
        await execute(
            database_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        await until(lambda: not changes.is_current())
        await until(changes.is_current)
        assert "all" in listener.heard, "what was missed meanwhile can be anything"


async def test_a_defect_is_said_and_listening_goes_on(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise LookupError("a defect")

    async with listening(database_url) as (changes, listener):
        await until(changes.is_current)
        with monkeypatch.context() as patched:
            patched.setattr(invalidation, "monotonic", broken)
            await until(lambda: "LookupError" in capsys.readouterr().out)
        listener.heard.clear()
        await until(changes.is_current)
        assert "all" in listener.heard


async def test_silence_is_noticed_within_two_seconds(database_url: str) -> None:
    async with proxied(database_url) as (proxy, url), listening(url) as (changes, _):
        await until(changes.is_current)
        proxy.fall_silent()
        began = monotonic()
        await until(lambda: not changes.is_current(), OF_THE_CONTRACT)
        assert monotonic() - began < OF_THE_CONTRACT
        proxy.speak_again()
        await until(changes.is_current)


async def test_a_server_that_is_away_is_waited_for(database_url: str) -> None:
    async with proxied(database_url) as (proxy, url), listening(url) as (changes, _):
        await until(changes.is_current)
        await proxy.cut()
        await until(lambda: not changes.is_current())
        await changes.settle()
        await proxy.open()
        await until(changes.is_current)


async def test_a_change_during_the_silence_is_everything_afterwards(database_url: str) -> None:
    async with proxied(database_url) as (proxy, url), listening(url) as (changes, listener):
        await until(changes.is_current)
        listener.heard.clear()
        await proxy.cut()
        await execute(database_url, "DELETE FROM users")
        await proxy.open()
        await until(lambda: changes.is_current() and "all" in listener.heard)


class BehindAPooler(PostgresqlInvalidation):
    """LISTENs on a connection of the pooler's that is somebody else's by the next statement."""

    def _on_beat(self, *_: object) -> None:
        pass


async def test_a_pooler_that_eats_notifications_leaves_the_memory_off(database_url: str) -> None:
    arguments = connect_arguments(DatabaseUrl.parse(database_url))
    changes = BehindAPooler(arguments, RecordingListener(), first_heartbeat_seconds=0.3)
    await changes.start()
    for _ in range(10):
        await asyncio.sleep(0.1)
        assert not changes.is_current()
    await changes.stop()


async def test_fifty_at_once_settle_over_one_connection(database_url: str) -> None:
    async with listening(database_url) as (changes, _):
        await until(changes.is_current)
        await asyncio.gather(*(changes.settle() for _ in range(50)))
        assert changes.is_current()
