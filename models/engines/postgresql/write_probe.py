"""The probe of whether PostgreSQL accepts writes, by a setting of the session."""

from __future__ import annotations

from typing import Any, cast

from models.connection import connection
from models.engines.trouble import Trouble


class PostgresqlWriteProbe:
    """Asks a connection of the pool."""

    async def look(self) -> Trouble | None:
        """Reads `transaction_read_only`; replaces the connections of the pool if it is on."""
        rows = await connection().execute_query_dict(
            "SELECT current_setting('transaction_read_only') = 'on' AS is_read_only"
        )
        if not rows[0]["is_read_only"]:
            return None
        # A session reads the setting when it begins, so only a new one sees a change.
        await _pool().expire_connections()
        return Trouble("read-only", "25006", "the database is read-only (25006)")

    def close(self) -> None:
        """Nothing, because the connections belong to the pool."""


def _pool() -> Any:
    return cast(Any, connection())._pool
