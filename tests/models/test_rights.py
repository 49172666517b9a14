"""What the role of DATABASE_URL must be allowed on PostgreSQL."""

from __future__ import annotations

import pytest

from api.settings.database_url import DatabaseUrl
from models import database
from models.engines.postgresql.rights import TABLES, rights_at

pytestmark = pytest.mark.anyio


async def test_every_table_is_among_those_whose_rights_are_asked_for(postgresql_url: str) -> None:
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        rows = await database.connection().execute_query_dict(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
    assert {row["relname"] for row in rows} == TABLES.keys()


async def test_an_owner_lacks_nothing(postgresql_url: str) -> None:
    rights = await rights_at(DatabaseUrl.parse(postgresql_url))
    assert rights.may_write
    assert (rights.create_grant, rights.owners) == (None, ())
