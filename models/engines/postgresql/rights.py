"""The rights that the role of DATABASE_URL needs on PostgreSQL, and the missing GRANTs.

They are read from the catalogue, because messages are in the server's language.
"""

from __future__ import annotations

from collections import defaultdict

import asyncpg

from api.settings.database_url import DatabaseUrl
from models.engines.postgresql.client import connect, connect_arguments
from models.engines.rights import Rights

_ALL = "SELECT, INSERT, UPDATE, DELETE"
TABLES = {
    "users": _ALL,
    "api_keys": _ALL,
    "refresh_tokens": _ALL,
    "oauth_identities": _ALL,
    "oauth_used_states": "SELECT, INSERT, DELETE",
    # A trail that nobody may change is a wish of operators; old rows are then theirs to delete.
    "audit_events": "SELECT, INSERT",
    "auth_events": _ALL,
    "auth_tallies": _ALL,
    "known_networks": _ALL,
    "unblocks": _ALL,
    "users_search": _ALL,
    "api_keys_search": _ALL,
    "aerich": "SELECT",
}

_STATE = """
SELECT current_user AS role, quote_ident(current_user) AS quoted_role,
    current_schema() AS schema, quote_ident(current_schema()) AS quoted_schema,
    current_setting('transaction_read_only') = 'on' AS is_read_only,
    has_schema_privilege(current_schema(), 'CREATE') AS may_create
"""
_MISSING_ON_TABLES = """
SELECT c.oid::regclass::text AS "table", privilege FROM unnest($1::text[], $2::text[])
AS needed(name, privileges) JOIN pg_class c ON c.oid = to_regclass(quote_ident(name))
CROSS JOIN regexp_split_to_table(privileges, ', ') AS privilege
WHERE NOT has_table_privilege(c.oid, privilege)
"""
_MISSING_ON_FUNCTIONS = r"""
SELECT oid::regprocedure::text AS name FROM pg_proc
WHERE proname LIKE 'everruns\_auth\_%' AND pg_function_is_visible(oid)
AND NOT has_function_privilege(oid, 'EXECUTE')
"""
_FOREIGN_TABLES = """
SELECT DISTINCT quote_ident(pg_get_userbyid(c.relowner)) AS owner FROM unnest($1::text[]) AS name
JOIN pg_class c ON c.oid = to_regclass(quote_ident(name))
WHERE NOT pg_has_role(c.relowner, 'USAGE')
"""


async def rights_at(url: DatabaseUrl) -> Rights:
    """The rights of the role in `url`, asked over a connection of its own."""
    connection = await connect(**connect_arguments(url))
    try:
        state = await connection.fetchrow(_STATE)
        grants = await _grants(connection, state)
        owners = await connection.fetch(_FOREIGN_TABLES, list(TABLES))
    finally:
        await connection.close()
    schema = f"CREATE ON SCHEMA {state['quoted_schema']}"
    return Rights(
        role=state["role"],
        is_read_only=state["is_read_only"],
        grants=grants,
        create_grant=None if state["may_create"] else f"GRANT {schema} TO {state['quoted_role']}",
        owners=tuple(row["owner"] for row in owners),
    )


async def _grants(connection: asyncpg.Connection, state: asyncpg.Record) -> tuple[str, ...]:
    role = state["quoted_role"]
    if state["schema"] is None:
        return (f"GRANT USAGE ON SCHEMA public TO {role}",)
    rows = await connection.fetch(_MISSING_ON_TABLES, list(TABLES), list(TABLES.values()))
    missing = defaultdict[str, list[str]](list)
    for row in rows:
        missing[row["table"]].append(row["privilege"])
    functions = await connection.fetch(_MISSING_ON_FUNCTIONS)
    return (
        *(f"GRANT {', '.join(them)} ON {table} TO {role}" for table, them in missing.items()),
        *(f"GRANT EXECUTE ON FUNCTION {row['name']} TO {role}" for row in functions),
    )
