"""What an engine says of its own tables, in a form that two databases can be compared by."""

from __future__ import annotations

import re
from typing import Any

from models import database

Shape = dict[str, set[tuple[Any, ...]]]

# What triggers keep beside the tables so that lists are quick, and the indexes that only one engine
# has or that Tortoise cannot say; no model describes them;
# test_searching.py and test_covered_filters.py hold them.
SIDE_TABLE = re.compile(r"(users|api_keys)_search|users_roles")
SIDE_INDEX = re.compile(r"users_disabled_|users_roles$|audit_events_failures$")
# Bookkeeping of the triggers, which no model describes.
_OF_TRIGGERS = {"auth_changes", "auth_events", "auth_tallies"}

_COLUMNS = """
SELECT table_name AS t, 'column', column_name::text, data_type::text,
    character_maximum_length, is_nullable::text, column_default::text
FROM information_schema.columns WHERE table_schema = 'public'
"""
_INDEXES = """
SELECT tablename::text AS t, 'index', indexname::text, indexdef
FROM pg_indexes WHERE schemaname = 'public'
"""
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text AS t, 'foreign key', pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f'
"""


async def shape() -> Shape:
    """Columns, indexes and foreign keys of every table of the open database; order is left out."""
    return await (_sqlite() if database.engine().name == "sqlite" else _postgresql())


async def tables(*, with_side_tables: bool = False) -> set[str]:
    """The names of the tables of the open database."""
    if database.engine().name == "sqlite":
        statement = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    else:
        statement = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    names = {row["name"] for row in await _rows(statement)} - _OF_TRIGGERS
    return names if with_side_tables else {name for name in names if not SIDE_TABLE.match(name)}


async def _sqlite() -> Shape:
    found: Shape = {}
    for table in await tables():
        columns = await _rows(f"SELECT * FROM pragma_table_info('{table}')")
        keys = await _rows(f"SELECT * FROM pragma_foreign_key_list('{table}')")
        found[table] = {
            ("column", c["name"], c["type"], c["notnull"], c["dflt_value"], c["pk"])
            for c in columns
        } | {("foreign key", k["from"], k["table"], k["to"], k["on_delete"]) for k in keys}
        for index in await _rows(f"SELECT * FROM pragma_index_list('{table}')"):
            if not SIDE_INDEX.match(index["name"]):
                found[table].add(await _sqlite_index(index))
    return found


async def _sqlite_index(index: dict[str, Any]) -> tuple[Any, ...]:
    parts = await _rows(f"SELECT name FROM pragma_index_info('{index['name']}') ORDER BY seqno")
    # SQLite numbers the indexes of constraints in the order of their declaration.
    name = index["name"] if index["origin"] == "c" else None
    columns = ",".join(part["name"] for part in parts)
    return ("index", name, index["origin"], index["unique"], index["partial"], columns)


async def _postgresql() -> Shape:
    found: Shape = {table: set() for table in await tables()}
    for statement in (_COLUMNS, _INDEXES, _FOREIGN_KEYS):
        _, rows = await database.connection().execute_query(statement)
        for table, *facts in (tuple(row.values()) for row in rows):
            if table in found and not SIDE_INDEX.match(str(facts[1])):
                found[table].add(tuple(facts))
    return found


async def _rows(statement: str) -> list[dict[str, Any]]:
    return await database.connection().execute_query_dict(statement)
