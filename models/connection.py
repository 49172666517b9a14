"""The database client of the running task: its transaction's, or the process's.

The module knows no engine and no table, and opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

from tortoise import BaseDBAsyncClient
from tortoise.context import require_context
from tortoise.transactions import in_transaction

# Seconds until one host accepts a connection, and until any host answers a statement.
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5


def connection() -> BaseDBAsyncClient:
    """The client of the running transaction, or of the process."""
    return require_context().db()


def transaction() -> AbstractAsyncContextManager[Any]:
    """A transaction around the block; on SQLite it holds the write lock from its beginning."""
    return cast(AbstractAsyncContextManager[Any], in_transaction())


async def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a statement, each a tuple of its columns."""
    found = await connection().execute_query_dict(statement, list(values))
    return [tuple(row.values()) for row in found]
