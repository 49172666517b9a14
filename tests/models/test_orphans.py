"""Rows whose user is gone open nothing.

An operator's SQLite shell has foreign keys off, so such rows can be.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from api.security.digests import digest
from api.settings.database_url import DatabaseUrl
from models import ApiKey, RefreshToken, User, database, new_id
from tests.models.rows import NOW, add_key, add_session, add_user
from tests.support.databases import execute

pytestmark = pytest.mark.anyio


@pytest.fixture
async def session(sqlite_url: str) -> AsyncIterator[RefreshToken]:
    """A session that belongs to nobody, like the key beside it."""
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user(roles=["admin"])
        await add_key(user)
        session = await add_session(user)
        for table in ("api_keys", "refresh_tokens"):
            await execute(sqlite_url, f"UPDATE {table} SET user_id = ?", str(new_id()))
        yield session


async def test_an_orphaned_key_is_not_found_by_its_digest(
    session: RefreshToken,
) -> None:
    assert await ApiKey.all().count() == 1
    assert await ApiKey.by_digest(digest("evr_one")) is None


async def test_an_orphaned_key_is_not_found_by_its_prefix(
    session: RefreshToken,
) -> None:
    assert await ApiKey.by_prefix("evr_") == []


async def test_an_orphaned_session_is_not_found(session: RefreshToken) -> None:
    assert await RefreshToken.all().count() == 1
    assert await RefreshToken.by_id(session.id) is None


async def test_an_orphaned_session_is_none_of_its_former_user(
    session: RefreshToken,
) -> None:
    (user,) = await User.everyone()
    assert await RefreshToken.of_user(user.id, now=NOW) == []


async def test_a_user_deleted_by_hand_takes_their_credentials_out_of_use(
    sqlite_url: str,
) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user()
        await add_key(user)
        session = await add_session(user)
        await execute(sqlite_url, "DELETE FROM users")
        assert await ApiKey.by_digest(digest("evr_one")) is None
        assert await RefreshToken.by_id(session.id) is None
