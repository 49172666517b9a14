"""What the table `api_keys` accepts, and what its named questions answer."""

from __future__ import annotations

import pytest

from api.security.digests import digest
from models import ApiKey, database, new_id
from tests.models.rows import DAY, NOW, SECOND, add_key, add_user
from tests.support.databases import execute

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]


async def test_a_key_is_found_by_its_digest_with_its_user() -> None:
    user = await add_user(roles=["user", "billing"])
    added = await add_key(user, scopes=["keys:read"], expires_at=NOW + DAY)
    key = await ApiKey.by_digest(digest("evr_one"))
    assert key is not None
    assert (key.id, key.scopes, key.expires_at) == (
        added.id,
        ["keys:read"],
        NOW + DAY,
    )
    assert (key.user.id, key.user.roles) == (user.id, ["user", "billing"])
    assert await ApiKey.by_digest(digest("evr_two")) is None


async def test_a_digest_belongs_to_one_key() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    await add_key(user)
    with pytest.raises(database.Duplicate):
        await add_key(other)


@pytest.mark.parametrize(
    "key_hash",
    ["", "a" * 63, "A" * 64, "g" * 64, " " + "a" * 63, "a" * 63 + "\n"],
    ids=["empty", "short", "upper case", "no hex", "space", "newline"],
)
async def test_what_is_no_digest_is_refused(key_hash: str) -> None:
    user = await add_user()
    with pytest.raises(database.Duplicate):
        await add_key(user, key_hash=key_hash)


async def test_scopes_are_a_list() -> None:
    user = await add_user()
    with pytest.raises(database.Duplicate):
        await add_key(user, scopes={"*": True})


async def test_a_key_without_a_user_is_refused() -> None:
    user = await add_user()
    user.id = new_id()
    with pytest.raises(database.Duplicate):
        await add_key(user)


async def test_a_key_expires_at_its_time_and_not_before() -> None:
    user = await add_user()
    key = await add_key(user, expires_at=NOW)
    assert not key.is_expired(NOW - SECOND)
    assert key.is_expired(NOW)
    assert not (await add_key(user, "evr_two")).is_expired(NOW + 9_999 * DAY)


async def test_a_time_written_by_hand_is_read_as_utc(opened: str) -> None:
    key = await add_key(await add_user())
    written = "'2026-01-01 12:00:00'"
    if opened.startswith("postgresql"):
        written += "::timestamp AT TIME ZONE 'UTC'"
    await execute(opened, f"UPDATE api_keys SET expires_at = {written}")
    row = await ApiKey.by_digest(key.key_hash)
    assert row is not None
    assert row.expires_at == NOW
    assert row.is_expired(NOW)
    assert not row.is_expired(NOW - SECOND)


async def test_the_keys_of_a_user_are_its_own_newest_first() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    for number in range(3):
        await add_key(user, f"evr_{number}", now=NOW + number * SECOND)
    await add_key(other, "evr_other")
    keys = await ApiKey.of_user(user.id)
    assert [key.name for key in keys] == ["evr_2", "evr_1", "evr_0"]


async def test_keys_of_one_instant_are_listed_in_the_order_of_their_ids() -> None:
    user = await add_user()
    ids = [(await add_key(user, f"evr_{number}")).id for number in range(5)]
    assert ids == sorted(ids)
    assert [key.id for key in await ApiKey.of_user(user.id)] == ids[::-1]


async def test_a_prefix_names_the_keys_that_begin_so() -> None:
    user = await add_user()
    for prefix in ("evr_1a2b3c4d...", "evr_1a2b9999...", "evrx1a2b3c4d..."):
        await add_key(user, f"key {prefix}", key_prefix=prefix)
    found = await ApiKey.by_prefix("evr_1a2b")
    assert {key.key_prefix for key in found} == {"evr_1a2b3c4d...", "evr_1a2b9999..."}
    assert {key.user.email for key in found} == {user.email}
    assert await ApiKey.by_prefix("evr_1a2b3%") == []


async def test_a_key_is_removed_once_and_only_for_its_user() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    key = await add_key(user)
    assert not await ApiKey.remove(key.id, user_id=other.id)
    assert await ApiKey.by_digest(key.key_hash) is not None
    assert await ApiKey.remove(key.id, user_id=user.id)
    assert not await ApiKey.remove(key.id)
    assert await ApiKey.by_digest(key.key_hash) is None


async def test_all_keys_of_a_user_can_go_at_once() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    await add_key(user)
    await add_key(user, "evr_two")
    await add_key(other, "evr_other")
    assert await ApiKey.remove_of_user(user.id) == 2
    assert [key.name for key in await ApiKey.all()] == ["evr_other"]


async def test_a_key_deleted_by_hand_is_gone(opened: str) -> None:
    key = await add_key(await add_user())
    await execute(opened, f"DELETE FROM api_keys WHERE id = '{key.id}'")
    assert await ApiKey.by_digest(key.key_hash) is None
