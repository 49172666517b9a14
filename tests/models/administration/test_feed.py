"""The feed: one reader for all who listen, and going on after a break."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import asyncpg
import pytest

from api.administration import feed as module
from api.administration.feed import Event, Feed, Listener, ListenerEnded
from api.administration.housekeeping import Sweeper
from api.authentication import flush_schedule
from models import events
from models.event_position import Position, Row
from tests.models.rows import add_key, add_session, add_user
from tests.support.databases import execute

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]

PATIENCE = 10.0


@pytest.fixture
async def feed() -> AsyncIterator[Feed]:
    one = Feed()
    yield one
    await one.close()


async def heard(listener: Listener, number: int) -> list[Event]:
    """The next events, this many at least."""
    found: list[Event] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < number:
            found += await listener.next(0.1)
    return found


def kinds(told: list[Event]) -> list[str]:
    return [event.kind for event in told]


async def missed(feed: Feed, after: str) -> list[Event]:
    async with feed.listening(after) as (_, told):
        return told


async def test_who_comes_new_is_told_where_it_stands(feed: Feed) -> None:
    async with feed.listening(None) as (listener, told):
        assert kinds(told) == ["listening"]
        assert Position.parse(told[0].position) == listener.position


async def test_all_listeners_are_told_the_same(feed: Feed) -> None:
    async with feed.listening(None) as (one, _), feed.listening(None) as (other, _):
        await add_user()
        assert await heard(one, 1) == await heard(other, 1)


async def test_who_comes_back_is_told_what_was_missed_and_then_what_follows(feed: Feed) -> None:
    async with feed.listening(None) as (_, told):
        position = told[-1].position
    owner = await add_user()
    async with feed.listening(position) as (listener, told):
        assert kinds(told) == ["user_changed", "listening"]
        await add_key(owner)
        assert kinds(await heard(listener, 1)) == ["key_created"]


async def test_what_is_told_on_coming_back_is_not_told_again(feed: Feed) -> None:
    async with feed.listening(None) as (first, told):
        owner = await add_user()
        # Not read by the feed yet: it comes with what was missed, and then live.
        async with feed.listening(told[0].position) as (second, again):
            assert kinds(again) == ["user_changed", "listening"]
            await heard(first, 1)
            await add_key(owner)
            assert kinds(await heard(second, 1)) == ["key_created"]


async def test_going_on_from_within_a_statements_events_loses_none(feed: Feed, opened: str) -> None:
    async with feed.listening(None) as (listener, _):
        await add_user()
        await add_user("bob@example.com")
        await heard(listener, 2)
        await execute(opened, "UPDATE users SET name = 'both'")
        first, second = await heard(listener, 2)
        position = listener.position
    assert [event.item for event in await missed(feed, first.position)][-2] == second.item
    assert kinds(await missed(feed, second.position)) == ["listening"]
    assert str(position) == second.position


async def test_going_on_from_within_what_was_missed_loses_none(feed: Feed, opened: str) -> None:
    ann = await add_user()
    await add_session(ann, "one")
    await add_session(ann, "two")
    position = str(await events.present())
    await execute(opened, "DELETE FROM refresh_tokens")
    await execute(opened, "UPDATE users SET name = 'Ann M.'")
    told = await missed(feed, position)
    assert kinds(told) == ["session_ended", "session_ended", "user_changed", "listening"]
    ids = [event.item["id"] for event in told[:2]]
    again = await missed(feed, told[0].position)
    assert kinds(again)[-3:] == ["session_ended", "user_changed", "listening"]
    assert again[-3].item["id"] == ids[1]
    assert kinds(await missed(feed, told[1].position)) == ["user_changed", "listening"]


@pytest.mark.parametrize("number", ["", "nonsense", "99999999@{now}", "0@0", "5@{future}"])
async def test_who_cannot_go_on_is_told_to_load_everything_again(feed: Feed, number: str) -> None:
    present = await events.present()
    text = number.format(now=present.read_at, future=present.read_at + 120)
    prefix = f"{present.snapshot}/" if present.snapshot and "@" in text else ""
    assert kinds(await missed(feed, prefix + text)) == ["reset"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_place_of_a_restored_database_is_told_to_load_everything_again(feed: Feed) -> None:
    present = await events.present()
    position = Position(present.last_id, present.read_at, "999999999:999999999:")
    assert kinds(await missed(feed, str(position))) == ["reset"]


async def test_a_place_is_good_for_ten_minutes(feed: Feed) -> None:
    assert timedelta(minutes=10) == module.KEPT
    present = await events.present()
    for age, expected in ((595, "listening"), (660, "reset")):
        position = Position(present.last_id, present.read_at - age, present.snapshot)
        assert kinds(await missed(feed, str(position))) == [expected]


async def test_a_listener_in_silence_keeps_up_with_the_time(feed: Feed) -> None:
    async with feed.listening(None) as (listener, told):
        began = Position.parse(told[0].position)
        assert began is not None
        async with asyncio.timeout(PATIENCE):
            while listener.position is None or listener.position.read_at < began.read_at + 2:
                assert await listener.next(0.1) == []


async def test_a_listener_who_is_too_far_behind_is_ended_and_the_others_go_on(feed: Feed) -> None:
    async with feed.listening(None) as (slow, _), feed.listening(None) as (quick, _):
        position = await events.present()
        for _ in range(module.MAX_BEHIND + 1):
            slow.take([Row(position, "x", [{}])], position)
        with pytest.raises(ListenerEnded):
            await slow.next(0)
        await add_user()
        assert kinds(await heard(quick, 1)) == ["user_changed"]


async def test_a_feed_that_closes_ends_all_and_takes_nobody_new(feed: Feed) -> None:
    async with feed.listening(None) as (one, _):
        await feed.close()
        with pytest.raises(ListenerEnded):
            await one.next(PATIENCE)
    async with feed.listening(None) as (late, _):
        with pytest.raises(ListenerEnded):
            await late.next(PATIENCE)


async def test_however_many_listen_there_is_one_reader(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, since = [], events.since

    async def tapped(position: Position) -> tuple[list[Row], Position]:
        looks.append(position)
        return await since(position)

    monkeypatch.setattr(events, "since", tapped)
    async with AsyncExitStack() as stack:
        for _ in range(50):
            await stack.enter_async_context(feed.listening(None))
        await asyncio.sleep(2.5)
    assert 1 <= len(looks) <= 2.5 / flush_schedule.FLUSH_SECONDS + 1


async def test_nobody_reads_where_nobody_listens(feed: Feed) -> None:
    async with feed.listening(None):
        task = feed._task
    assert task is not None
    await asyncio.wait_for(task, PATIENCE)
    async with feed.listening(None) as (listener, _):
        await add_user()
        await heard(listener, 1)


async def test_what_happened_while_the_database_did_not_answer_is_told_afterwards(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    since = events.since

    async def away(position: Position) -> tuple[list[Row], Position]:
        raise sqlite3.OperationalError("disk I/O error")

    async with feed.listening(None) as (listener, _):
        monkeypatch.setattr(events, "since", away)
        await add_user()
        assert await listener.next(1) == []
        monkeypatch.setattr(events, "since", since)
        assert kinds(await heard(listener, 1)) == ["user_changed"]


_present = events.present


async def sweep(sweeper: Sweeper, seconds: int, patch: pytest.MonkeyPatch) -> None:
    """Sweep as it would be done that much later."""

    async def later() -> Position:
        present = await _present()
        return Position(present.last_id, present.read_at + seconds, present.snapshot)

    with patch.context() as patched:
        patched.setattr(events, "present", later)
        await sweeper.sweep()


async def kinds_since(position: Position) -> list[str]:
    rows, _ = await events.since(position)
    return [row.kind for row in rows]


async def test_a_sweep_drops_only_what_nobody_can_ask_for_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sweeper, position = Sweeper(), await events.present()
    await add_user()
    for seconds, kept in ((0, 1), (60, 1), (600, 1), (655, 1), (670, 0)):
        await sweep(sweeper, seconds, monkeypatch)
        assert len(await kinds_since(position)) == kept, seconds


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_sweep_spares_what_a_long_transaction_wrote(
    opened: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_user()
    sweeper, position = Sweeper(), await events.present()
    hand = await asyncpg.connect(opened)
    await hand.execute("BEGIN")
    await hand.execute("UPDATE users SET name = 'long ago'")
    for minute in range(30):
        await sweep(sweeper, 60 * minute, monkeypatch)
    await hand.execute("COMMIT")
    await hand.close()
    for minute in range(30, 42):
        assert await kinds_since(position) == ["user_changed"]
        await sweep(sweeper, 60 * minute, monkeypatch)
    await sweep(sweeper, 60 * 43, monkeypatch)
    assert await kinds_since(position) == []
