"""A PostgreSQL whose administrator lets nobody add an extension: lists and searches work all the same."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import asyncpg
import pytest

from api.administration import queries
from api.administration.queries import page_request
from api.settings.database_url import DatabaseUrl
from models import database, schema
from models.lists.users import SORTS, UserFilters
from tests.models.rows import NOW, add_user
from tests.support.databases import SERVER

pytestmark = pytest.mark.anyio


@pytest.fixture
async def strict_url(postgresql_template: str) -> AsyncIterator[str]:
    """A migrated database of a user who may make tables there, and nothing else."""
    name = f"everruns_auth_test_{uuid.uuid4().hex[:16]}"
    admin = await asyncpg.connect(f"{SERVER}/postgres")
    await admin.execute(f"CREATE DATABASE {name}")
    await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{name}'")
    inside = await asyncpg.connect(f"{SERVER}/{name}")
    await inside.execute(f"GRANT ALL ON SCHEMA public TO {name}")
    await inside.close()
    host = SERVER.rpartition("@")[2]
    url = f"postgresql://{name}:{name}@{host}/{name}"
    await schema.migrate(DatabaseUrl.parse(url))
    yield url
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.execute(f"DROP ROLE {name}")
    await admin.close()


async def test_users_are_found_without_the_extension(strict_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(strict_url)):
        rows = await database.connection().execute_query_dict("SELECT extname FROM pg_extension")
        assert "pg_trgm" not in {row["extname"] for row in rows}
        for number in range(3):
            await add_user(f"user{number}@example.com")
        for q, expected in (("ser1@", 1), ("example", 3), ("us", 3), ("se", 0), ("SER2", 1)):
            page = await queries.page_of_users(
                page_request(UserFilters(q=q), SORTS, sort="email"), NOW
            )
            assert len(page.data) == expected, q
