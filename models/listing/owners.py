"""Owns how rows are found by the e-mail or the name of the user whose they are."""

from __future__ import annotations

from models.listing.matching import found_in
from models.listing.sql import Dialect, Sql


def of_owner(engine: Dialect, q: str) -> Sql:
    """What holds for a row whose owner is found."""
    found = found_in(engine, ("u.email", "u.name"), q)
    return Sql(
        f"EXISTS (SELECT 1 FROM users u WHERE u.id = t.user_id AND {found.text})", found.values
    )


def owned_by(table: str, users: Sql) -> Sql:
    """The ids of the rows of `table` that belong to one of `users`."""
    return Sql(
        f"SELECT o.id FROM ({users.text}) w JOIN {table} o ON o.user_id = w.id", users.values
    )
