"""Owns the question whether PostgreSQL takes writes, by a setting of the session."""

from __future__ import annotations

from typing import Any, cast

from models.connection import connection
from models.engines.trouble import Trouble


class PostgresqlWriteProbe:
    """Asks a connection of the pool."""

    async def look(self) -> Trouble | None:
        rows = await connection().execute_query_dict(
            "SELECT current_setting('transaction_read_only') = 'on' AS is_read_only"
        )
        if not rows[0]["is_read_only"]:
            return None
        # The setting is a session's own, from its beginning: only a new one sees it changed.
        await _pool().expire_connections()
        return Trouble("read-only", "25006", "the database is read-only (25006)")

    def close(self) -> None:
        """Nothing: the connections are the pool's."""


def _pool() -> Any:
    return cast(Any, connection())._pool
