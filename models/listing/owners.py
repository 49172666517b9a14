"""Owns how rows are found by the e-mail or the name of the user whose they are."""

from __future__ import annotations

from models.listing.matching import found_in
from models.listing.sql import Dialect, Sql


def of_owner(engine: Dialect, q: str) -> Sql:
    """What holds for a row whose owner is found.

    Not EXISTS: PostgreSQL may answer that for all users at once, before the first row is looked at.
    """
    found = found_in(engine, ("u.email", "u.name"), q)
    return Sql(f"(SELECT {found.text} FROM users u WHERE u.id = t.user_id)", found.values)


def owned_by(engine: Dialect, table: str, users: Sql) -> Sql:
    """The ids of the rows of `table` that belong to one of `users`."""
    text, values = engine.owned(table, users, by="user_id")
    return Sql(f"SELECT t.id FROM {text}", values)


# Each is looked up in the index of `table` by the user that was found.
OWNED_COST = 5
