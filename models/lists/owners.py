"""Filters by the e-mail or the name of the user who owns a row."""

from __future__ import annotations

from collections.abc import Sequence

from models.engines.dialect import Dialect
from models.lists.query import CandidateQuery, CandidateSet
from models.lists.text_search import by_index, found_in, is_indexed
from models.sql import Sql

# Each is looked up in the index of its table by the user that was found.
OWNED_COST = 5


def of_owner(dialect: Dialect, q: str) -> Sql:
    """The condition that the owner of a row is found.

    Not EXISTS, because PostgreSQL may answer that for all users at once, before it reads a row.
    """
    found = found_in(dialect, ("u.email", "u.name"), q)
    return Sql(f"(SELECT {found.text} FROM users u WHERE u.id = t.user_id)", found.values)


def owned_by(dialect: Dialect, table: str, q: str, *, also: Sequence[str] = ()) -> CandidateQuery:
    """The query of the rows of `table` whose owner is found; `also` names columns of theirs."""
    users = by_index(dialect, "users", q)
    text, values = dialect.owned(table, users, by="user_id")
    columns = ", ".join(f"t.{column}" for column in ("id", *also))
    return CandidateQuery(Sql(f"SELECT {columns} FROM {text}", values), OWNED_COST)


def owner_condition(
    dialect: Dialect, table: str, q: str, *, also: Sequence[str]
) -> tuple[Sql, CandidateSet | None]:
    """The check of a row of `table`, and the candidate set of the rows that pass it, if any."""
    check = of_owner(dialect, q)
    if not is_indexed(q):
        return check, None
    return check, CandidateSet((owned_by(dialect, table, q, also=also),), check, holds=tuple(also))
