"""Owns the client by which the running task asks the database: its transaction's, or the process's.

It knows no engine and no table, and does not open anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, cast

from tortoise import BaseDBAsyncClient
from tortoise.context import require_context
from tortoise.transactions import in_transaction

# How long one host may take to accept a connection, and any host to answer a statement.
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 5


def connection() -> BaseDBAsyncClient:
    """The client of the running transaction, or of the process."""
    return require_context().db()


def transaction() -> AbstractAsyncContextManager[Any]:
    """All or nothing; on SQLite it holds the write lock from its beginning."""
    return cast(AbstractAsyncContextManager[Any], in_transaction())


async def rows(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows that a statement returns, each with its columns in their order."""
    found = await connection().execute_query_dict(statement, list(values))
    return [tuple(row.values()) for row in found]
