"""What the table `users` accepts, and what its named questions answer."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from models import (
    ANONYMOUS_ID,
    ApiKey,
    OAuthIdentity,
    RefreshToken,
    User,
    database,
    new_id,
)
from tests.models.rows import NOW, SECOND, add_key, add_session, add_user
from tests.support.databases import execute

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]


async def test_a_new_user_reads_back_as_it_was_written() -> None:
    added = await add_user(roles=["user", "billing"], avatar_url="https://x.test/a.png")
    user = await User.by_id(added.id)
    assert user is not None
    assert (user.email, user.name, user.roles) == (
        "ann@example.com",
        "Ann",
        ["user", "billing"],
    )
    assert user.created_at == user.updated_at == NOW
    assert user.created_at.utcoffset() == timedelta(0)
    assert (user.email_verified, user.disabled_at, user.is_disabled) == (
        False,
        None,
        False,
    )


async def test_an_address_belongs_to_one_user() -> None:
    await add_user()
    with pytest.raises(database.Duplicate):
        await add_user()
    assert await User.all().count() == 1


@pytest.mark.parametrize("email", ["Ann@example.com", "ann@example.COM"])
async def test_an_address_in_upper_case_is_refused(email: str) -> None:
    with pytest.raises(database.Duplicate):
        await add_user(email)


async def test_an_address_beyond_ascii_is_accepted() -> None:
    await add_user("änne@bücher.example")
    assert await User.by_email("änne@bücher.example") is not None


async def test_by_email_asks_for_the_normalised_spelling_alone() -> None:
    user = await add_user()
    assert await User.by_email("ann@example.com") == user
    assert await User.by_email("Ann@example.com") is None
    assert await User.by_email("ann@example.com ") is None


async def test_roles_are_a_list() -> None:
    with pytest.raises(database.Duplicate):
        await add_user(roles={"admin": True})


async def test_what_is_no_time_cannot_be_written_by_hand(sqlite_url: str) -> None:
    await execute(
        sqlite_url,
        "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at)"
        " VALUES (?, 'a@x.org', 'A', '[]', 0, datetime('now'), datetime('now'))",
        str(new_id()),
    )
    for nonsense in ("''", "'yes'", "0", "1893456000", "'01.01.2030'"):
        with pytest.raises(sqlite3.IntegrityError):
            await execute(sqlite_url, f"UPDATE users SET disabled_at = {nonsense}")


async def test_a_user_disabled_by_hand_is_disabled(opened: str) -> None:
    user = await add_user(roles=["admin"])
    await execute(opened, "UPDATE users SET disabled_at = CURRENT_TIMESTAMP")
    row = await User.by_id(user.id)
    assert row is not None
    assert row.is_disabled
    assert row.disabled_at is not None
    assert row.disabled_at.tzinfo is not None
    assert await User.enabled_operators() == 0


async def test_only_enabled_operators_are_counted() -> None:
    await add_user("user@x.org")
    await add_user("nearly@x.org", roles=["administrator", "admins"])
    await add_user("disabled@x.org", roles=["admin"], disabled_at=NOW)
    await add_user("anonymous@local", id=ANONYMOUS_ID, roles=["admin"])
    assert await User.enabled_operators() == 0
    operator = await add_user("op@x.org", roles=["user", "admin"])
    assert await User.enabled_operators() == 1
    assert await User.enabled_operators(besides=operator.id) == 0


async def test_a_sign_in_is_noted_and_may_bring_a_new_hash() -> None:
    user = await add_user(password_hash="old")
    assert await User.note_sign_in(user.id, verified_hash="old", new_hash=None, now=NOW + SECOND)
    assert await User.note_sign_in(
        user.id, verified_hash="old", new_hash="new", now=NOW + 2 * SECOND
    )
    await user.refresh_from_db()
    assert (user.password_hash, user.last_active_at) == ("new", NOW + 2 * SECOND)


async def test_a_sign_in_without_a_password_is_noted() -> None:
    user = await add_user()
    noted = await User.note_sign_in(user.id, verified_hash=None, new_hash=None, now=NOW + SECOND)
    await user.refresh_from_db()
    assert (noted, user.password_hash) == (True, None)
    assert user.last_active_at == NOW + SECOND


@pytest.mark.parametrize(
    "meanwhile",
    [{"disabled_at": NOW}, {"password_hash": "other"}, {"password_hash": None}],
    ids=["disabled", "changed", "removed"],
)
async def test_a_sign_in_does_not_outrun_what_happened_meanwhile(
    meanwhile: dict[str, object],
) -> None:
    user = await add_user(password_hash="old")
    await user.change(NOW, **meanwhile)
    assert not await User.note_sign_in(
        user.id, verified_hash="old", new_hash="new", now=NOW + SECOND
    )
    await user.refresh_from_db()
    assert user.last_active_at is None
    assert user.password_hash != "new"


async def test_a_password_is_replaced_if_it_still_is_the_verified_one() -> None:
    user = await add_user(password_hash="one")
    later = NOW + SECOND
    for verified, new, is_done in [("one", "two", True), ("one", "three", False)]:
        assert is_done == await User.replace_password(
            user.id, verified_hash=verified, new_hash=new, now=later
        )
    await user.refresh_from_db()
    assert (user.password_hash, user.updated_at) == ("two", later)


async def test_a_change_writes_the_named_columns_and_the_time() -> None:
    user = await add_user()
    stale = await User.by_id(user.id)
    assert stale is not None
    await user.change(NOW + SECOND, roles=["admin"])
    await stale.change(NOW + 2 * SECOND, name="Anna")
    await user.refresh_from_db()
    assert (user.name, user.roles) == ("Anna", ["admin"])
    assert user.updated_at == NOW + 2 * SECOND


async def test_a_deleted_user_takes_keys_sessions_and_identities_along() -> None:
    user, other = await add_user(), await add_user("bob@example.com")
    for owner in (user, other):
        await add_key(owner, f"evr_{owner.email}")
        await add_session(owner, owner.email)
        await OAuthIdentity.create(
            user_id=owner.id, provider="github", subject=owner.email, created_at=NOW
        )
    await user.delete()
    for table in (ApiKey, RefreshToken, OAuthIdentity):
        assert [row.user_id for row in await table.all()] == [other.id]


async def test_operators_are_decided_about_by_one_transaction_at_a_time() -> None:
    async with database.transaction():
        await User.lock()
        assert await User.enabled_operators() == 0
    async with database.transaction():
        await User.lock()
