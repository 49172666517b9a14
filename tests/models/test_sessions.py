"""What the table `refresh_tokens` accepts: one row is one session."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from api.security.digests import digest
from models import RefreshToken, database, new_id
from tests.models.rows import DAY, NOW, SECOND, add_session, add_user, rotation_to
from tests.support.databases import execute

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]


async def test_a_session_is_found_with_its_user() -> None:
    user = await add_user(roles=["user", "billing"])
    added = await add_session(user, ip_address="192.0.2.1", user_agent="a browser")
    session = await RefreshToken.by_id(added.id)
    assert session is not None
    assert (session.user.id, session.user.roles) == (user.id, ["user", "billing"])
    assert session.created_at == session.rotated_at == session.last_used_at == NOW
    assert (session.generation, session.previous_token_hash) == (0, None)
    assert await RefreshToken.by_id(new_id()) is None


async def test_a_token_belongs_to_one_session() -> None:
    user = await add_user()
    await add_session(user)
    with pytest.raises(database.Duplicate):
        await add_session(user)


@pytest.mark.parametrize("token_hash", ["", "a" * 63, "A" * 64, "g" * 64], ids=repr)
async def test_what_is_no_digest_is_refused(token_hash: str) -> None:
    user = await add_user()
    with pytest.raises(database.Duplicate):
        await add_session(user, token_hash=token_hash)


async def test_a_session_expires_at_its_time_and_not_before() -> None:
    session = await add_session(await add_user(), expires_at=NOW)
    assert not session.is_expired(NOW - SECOND)
    assert session.is_expired(NOW)


async def test_a_rotation_moves_the_current_token_to_the_previous_place() -> None:
    session = await add_session(await add_user())
    before = await database.clock()
    spent = digest("one")
    assert await RefreshToken.rotate(
        session.id, spent_hash=spent, rotation=await rotation_to("two")
    )
    await session.refresh_from_db()
    assert (session.token_hash, session.previous_token_hash) == (digest("two"), spent)
    assert (session.generation, session.created_at) == (1, NOW)
    assert before <= session.rotated_at <= await database.clock()
    assert session.last_used_at == session.rotated_at
    assert session.expires_at == session.rotated_at + 2 * DAY
    assert (session.ip_address, session.user_agent) == ("192.0.2.7", "a browser")


async def test_a_rotation_that_was_on_its_way_for_too_long_is_none() -> None:
    session = await add_session(await add_user())
    late = await rotation_to("two", after=-2 * SECOND)
    assert await RefreshToken.rotate(session.id, spent_hash=digest("one"), rotation=late) is None
    await session.refresh_from_db()
    assert session.token_hash == digest("one")


async def test_the_digest_is_that_of_the_second_in_which_the_database_rotates() -> None:
    session = await add_session(await add_user())
    rotation = replace(await rotation_to("two"), token_hashes=(digest("this"), digest("next")))
    chosen = await RefreshToken.rotate(session.id, spent_hash=digest("one"), rotation=rotation)
    await session.refresh_from_db()
    is_this = session.rotated_at < rotation.second + SECOND
    assert session.token_hash == chosen == digest("this" if is_this else "next")


async def test_a_session_never_lives_past_its_cap() -> None:
    session = await add_session(await add_user())
    cap = (await database.clock()).replace(microsecond=0) + DAY
    rotation = replace(await rotation_to("two"), latest_expiry=cap)
    assert await RefreshToken.rotate(session.id, spent_hash=digest("one"), rotation=rotation)
    await session.refresh_from_db()
    assert session.expires_at == cap


async def test_a_token_that_is_not_the_current_one_rotates_nothing() -> None:
    user = await add_user()
    session, other = await add_session(user), await add_session(user, "other")
    rotation = await rotation_to("two")
    for spent in ("never", "other"):
        assert not await RefreshToken.rotate(
            session.id, spent_hash=digest(spent), rotation=rotation
        )
    for row, token in ((session, "one"), (other, "other")):
        await row.refresh_from_db()
        assert (row.token_hash, row.generation) == (digest(token), 0)


async def test_of_many_rotations_of_one_token_one_is_done() -> None:
    session = await add_session(await add_user())
    rotations = [await rotation_to(f"n{number}") for number in range(20)]
    done = await asyncio.gather(
        *(
            RefreshToken.rotate(session.id, spent_hash=digest("one"), rotation=rotation)
            for rotation in rotations
        )
    )
    (winner,) = [token_hash for token_hash in done if token_hash is not None]
    await session.refresh_from_db()
    assert session.token_hash == winner
    assert winner in rotations[done.index(winner)].token_hashes
    assert session.generation == 1


async def test_the_sessions_of_a_user_are_those_that_live_newest_first() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    ages = {"old": NOW, "new": NOW + SECOND}
    for token, at in ages.items():
        await add_session(user, token, user_agent=token, now=at)
    await add_session(user, "expired", expires_at=NOW)
    await add_session(other, "other")
    sessions = await RefreshToken.of_user(user.id, now=NOW)
    assert [session.user_agent for session in sessions] == ["new", "old"]


async def test_a_session_ends_once_and_only_for_its_user() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    session = await add_session(user)
    assert not await RefreshToken.end(session.id, user_id=other.id)
    assert await RefreshToken.by_id(session.id) is not None
    assert await RefreshToken.end(session.id, user_id=user.id)
    assert not await RefreshToken.end(session.id)
    assert await RefreshToken.by_id(session.id) is None


async def test_all_sessions_of_a_user_end_but_the_one_that_is_spared() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    spared, *_ = [await add_session(user, token) for token in "abc"]
    elsewhere = await add_session(other, "other")
    assert await RefreshToken.end_of_user(user.id, but=spared.id) == 2
    assert {row.id for row in await RefreshToken.all()} == {spared.id, elsewhere.id}
    assert await RefreshToken.end_of_user(user.id) == 1
    assert {row.id for row in await RefreshToken.all()} == {elsewhere.id}


async def test_a_session_that_ended_meanwhile_is_not_rotated() -> None:
    session = await add_session(await add_user())
    await RefreshToken.end(session.id)
    assert not await RefreshToken.rotate(
        session.id, spent_hash=digest("one"), rotation=await rotation_to("two")
    )
    assert await RefreshToken.all().count() == 0


async def test_force_logout_by_hand_ends_every_session_of_the_user(opened: str) -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    for token in "ab":
        await add_session(user, token)
    await add_session(other, "other")
    await execute(opened, f"DELETE FROM refresh_tokens WHERE user_id = '{user.id}'")
    assert await RefreshToken.of_user(user.id, now=NOW) == []
    assert len(await RefreshToken.of_user(other.id, now=NOW)) == 1


async def test_a_session_that_is_held_ends_when_it_is_let_go() -> None:
    session, go = await add_session(user := await add_user()), asyncio.Event()

    async def end() -> int:
        await go.wait()
        return await RefreshToken.end_of_user(user.id)

    # Begun out here, so that it is not in the transaction itself.
    ending = asyncio.create_task(end())
    async with database.transaction():
        assert await RefreshToken.is_held(session.id)
        go.set()
        await asyncio.sleep(0.1)
        assert not ending.done()
    assert await ending == 1
    async with database.transaction():
        assert not await RefreshToken.is_held(session.id)
