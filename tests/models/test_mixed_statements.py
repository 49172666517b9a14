"""What PostgreSQL says of prepared statements that a pooler lost, or kept from somebody else."""

from __future__ import annotations

import asyncpg
import pytest
from tortoise.exceptions import OperationalError

from api.settings.database_url import DatabaseUrl
from models.explanation import explained
from models.trouble import is_mixed_up

pytestmark = pytest.mark.anyio

LOST = asyncpg.InvalidSQLStatementNameError('prepared statement "a" does not exist')
TAKEN = asyncpg.DuplicatePreparedStatementError('prepared statement "a" already exists')


@pytest.mark.parametrize("error", [LOST, OperationalError(LOST), TAKEN, OperationalError(TAKEN)])
async def test_the_option_that_helps_is_named(error: Exception) -> None:
    assert is_mixed_up(error)
    said = await explained(DatabaseUrl.parse("postgresql://pooler/auth"), error)
    assert said is not None
    assert "prepared_statements=off" in said
    assert "\n" not in said
