from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from api.authentication.last_used import LastUsed
from api.security.digests import digest
from api.settings.database_url import DatabaseUrl
from models import ApiKey, User, database
from tests.support.databases import copied_sqlite, execute
from tests.support.troubles import trouble

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)


@pytest.fixture
async def url(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[str]:
    url = copied_sqlite(sqlite_template, tmp_path)
    async with database.opened(DatabaseUrl.parse(url)):
        yield url


async def key_of(email: str) -> UUID:
    user = await User.add(email=email, name="Ann", roles=["user"], email_verified=False, now=NOW)
    key = await ApiKey.add(
        user_id=user.id, now=NOW, name="ci", key_hash=digest(email), key_prefix="evr_"
    )
    return key.id


async def last_use(key_id: UUID) -> tuple[datetime | None, str | None]:
    key = await ApiKey.get(id=key_id)
    return key.last_used_at, key.last_used_ip


async def test_uses_are_written_for_each_key(url: str) -> None:
    usage, ann, ben = LastUsed(), await key_of("ann@x.yz"), await key_of("ben@x.yz")
    usage.note(ann, NOW.timestamp(), "192.0.2.1")
    usage.note(ben, LATER.timestamp(), None)
    usage.note(ann, LATER.timestamp(), "192.0.2.2")
    await usage.flush()
    assert await last_use(ann) == (LATER, "192.0.2.2")
    assert await last_use(ben) == (LATER, None)


async def test_what_cannot_be_written_is_kept_for_the_next_time(url: str) -> None:
    usage, ann = LastUsed(), await key_of("ann@x.yz")
    usage.note(ann, NOW.timestamp(), "192.0.2.1")
    await execute(url, "ALTER TABLE api_keys RENAME TO away")
    with trouble():
        await usage.flush()
    await execute(url, "ALTER TABLE away RENAME TO api_keys")
    await usage.flush()
    assert await last_use(ann) == (NOW, "192.0.2.1")


async def test_a_newer_use_wins_over_one_that_was_kept(url: str) -> None:
    usage, ann = LastUsed(), await key_of("ann@x.yz")
    usage.note(ann, NOW.timestamp(), "192.0.2.1")
    await execute(url, "ALTER TABLE api_keys RENAME TO away")
    with trouble():
        await usage.flush()
    await execute(url, "ALTER TABLE away RENAME TO api_keys")
    usage.note(ann, LATER.timestamp(), "192.0.2.2")
    await usage.flush()
    assert await last_use(ann) == (LATER, "192.0.2.2")


async def test_a_use_of_a_key_that_is_gone_is_forgotten(url: str) -> None:
    usage, ann = LastUsed(), await key_of("ann@x.yz")
    usage.note(ann, NOW.timestamp(), None)
    await ApiKey.remove(ann)
    await usage.flush()
    assert await ApiKey.all().count() == 0


async def test_what_was_written_is_not_written_again(url: str) -> None:
    usage, ann = LastUsed(), await key_of("ann@x.yz")
    usage.note(ann, NOW.timestamp(), None)
    await usage.flush()
    await execute(url, "UPDATE api_keys SET last_used_at = NULL")
    await usage.flush()
    assert await last_use(ann) == (None, None)


async def test_without_uses_the_database_is_not_asked() -> None:
    # None is open here, so that any question would raise.
    await LastUsed().flush()
