"""When and from where keys were last used: written in batches, never backwards."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from api.authentication.last_used import LastUsed
from models import ApiKey, new_id
from tests.models.rows import NOW, SECOND, add_key, add_user
from tests.support.databases import execute
from tests.support.troubles import trouble

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]

Use = tuple[UUID, datetime, str | None]


async def used(key_id: UUID) -> tuple[datetime | None, str | None]:
    key = await ApiKey.get(id=key_id)
    return key.last_used_at, key.last_used_ip


async def test_nothing_noted_writes_nothing() -> None:
    key = await add_key(await add_user())
    await ApiKey.note_uses([])
    assert await used(key.id) == (None, None)


async def test_a_use_is_written_and_touches_no_other_key() -> None:
    user = await add_user()
    key, other = await add_key(user), await add_key(user, "evr_other")
    await ApiKey.note_uses([(key.id, NOW, "192.0.2.1")])
    assert await used(key.id) == (NOW, "192.0.2.1")
    assert await used(other.id) == (None, None)


@pytest.mark.parametrize("earlier", [SECOND, timedelta(microseconds=1)])
async def test_an_earlier_use_changes_nothing(earlier: timedelta) -> None:
    key = await add_key(await add_user())
    await ApiKey.note_uses([(key.id, NOW, "192.0.2.1")])
    await ApiKey.note_uses([(key.id, NOW - earlier, "192.0.2.2")])
    assert await used(key.id) == (NOW, "192.0.2.1")


@pytest.mark.parametrize("later", [SECOND, timedelta(microseconds=1)])
async def test_a_later_use_replaces_time_and_address(later: timedelta) -> None:
    key = await add_key(await add_user())
    await ApiKey.note_uses([(key.id, NOW, "192.0.2.1")])
    await ApiKey.note_uses([(key.id, NOW + later, None)])
    assert await used(key.id) == (NOW + later, None)


async def test_a_use_follows_one_that_the_orm_wrote() -> None:
    written = NOW + timedelta(microseconds=500_000)
    key = await add_key(await add_user(), last_used_at=written)
    await ApiKey.note_uses([(key.id, NOW, None)])
    assert await used(key.id) == (written, None)
    await ApiKey.note_uses([(key.id, NOW + SECOND, None)])
    assert await used(key.id) == (NOW + SECOND, None)


async def test_many_keys_are_written_and_those_that_are_gone_passed_over() -> None:
    user = await add_user()
    ids = [(await add_key(user, f"evr_{number}")).id for number in range(20)]
    gone = [new_id() for _ in range(11_000)]
    at = {key_id: NOW + number * SECOND for number, key_id in enumerate(ids)}
    uses: list[Use] = [
        (key_id, at.get(key_id, NOW), "2001:db8::1") for key_id in sorted(ids + gone)
    ]
    await ApiKey.note_uses(uses)
    keys = await ApiKey.of_user(user.id)
    assert {key.id: key.last_used_at for key in keys} == at


async def test_two_writers_in_opposite_order_do_not_deadlock() -> None:
    user = await add_user()
    ids = [(await add_key(user, f"evr_{number}")).id for number in range(60)]
    for turn in range(1, 16):
        uses: list[Use] = [(key_id, NOW + turn * SECOND, None) for key_id in ids]
        await asyncio.gather(ApiKey.note_uses(uses), ApiKey.note_uses(uses[::-1]))
    keys = await ApiKey.of_user(user.id)
    assert {key.last_used_at for key in keys} == {NOW + 15 * SECOND}


async def test_noted_uses_are_written_when_they_are_flushed() -> None:
    user, usage = await add_user(), LastUsed()
    keys = [await add_key(user, f"evr_{number}") for number in range(3)]
    for key in reversed(keys):
        usage.note(key.id, NOW.timestamp(), "192.0.2.1")
        usage.note(key.id, (NOW + SECOND).timestamp(), "192.0.2.2")
    await usage.flush()
    for key in keys:
        assert await used(key.id) == (NOW + SECOND, "192.0.2.2")


async def test_uses_that_cannot_be_written_are_written_the_next_time(
    opened: str,
) -> None:
    user, usage = await add_user(), LastUsed()
    first, second = await add_key(user), await add_key(user, "evr_two")
    for key in (first, second):
        usage.note(key.id, NOW.timestamp(), "192.0.2.1")
    await execute(opened, "ALTER TABLE api_keys RENAME TO out_of_reach")
    with trouble():
        await usage.flush()
    usage.note(first.id, (NOW + SECOND).timestamp(), "192.0.2.2")
    await execute(opened, "ALTER TABLE out_of_reach RENAME TO api_keys")
    await usage.flush()
    assert await used(first.id) == (NOW + SECOND, "192.0.2.2")
    assert await used(second.id) == (NOW, "192.0.2.1")
