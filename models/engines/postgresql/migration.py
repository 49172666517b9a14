"""The transaction around all migrations of PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.connection import connection, rows, transaction
from models.migration_failure import SchemaClosed

_TRIGRAMS = """
SELECT quote_ident(nspname) AS schema, quote_ident(current_user) AS role,
    has_schema_privilege(pg_namespace.oid, 'USAGE') AS is_open
FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
WHERE extname = 'pg_trgm' AND nspname <> ALL (current_schemas(true))
-- Where nothing can be made anyway, nothing must be made beside the extension.
AND current_schema() IS NOT NULL
"""
_ALSO_SEARCHED = """
SELECT set_config('search_path', concat_ws(', ', current_setting('search_path'), $1::text), true)
"""


@asynccontextmanager
async def rolled_back_on_failure() -> AsyncIterator[None]:
    """Rolls everything back when anything in the block fails.

    The migrations also find pg_trgm in a schema of its own.

    Raises:
        SchemaClosed: this role may not use that schema.
    """
    async with transaction():
        for schema, role, is_open in await rows(_TRIGRAMS):
            if not is_open:
                raise SchemaClosed(schema, role)
            await connection().execute_query(_ALSO_SEARCHED, [schema])
        yield
