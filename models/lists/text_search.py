"""Conditions that a text is found: a part of a word, or the beginning of the whole.

Three characters and more are looked for anywhere, fewer at the beginning of a column only; but two
letters of a script without spaces anywhere too. Letters are compared without case.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.engines.dialect import Dialect
from models.lists.scripts import is_without_spaces
from models.sql import Sql

# Stands before each column in the text that is searched. Two of them, so that also one letter at a
# beginning makes three characters, which is what both engines' indexes are made of.
MARK = "\n\n"
SHORTEST_PART = 3
SHORTEST_WITHOUT_SPACES = 2


def needle(q: str) -> str:
    """The text to look for in the searched text."""
    return q if len(q) >= SHORTEST_PART or not is_indexed(q) else MARK + q


def is_indexed(q: str) -> bool:
    """Whether `by_index` finds it: no index of three characters leads to two in the middle."""
    return len(q) != SHORTEST_WITHOUT_SPACES or not is_without_spaces(q)


def found_in(dialect: Dialect, columns: Sequence[str], q: str) -> Sql:
    """The condition that one of the columns holds `q`."""
    return dialect.contains(columns, needle(q))


def by_index(dialect: Dialect, table: str, q: str, *, also: Sequence[str] = ()) -> Sql:
    """The ids of the rows of `table` that are found, by its index of parts; `q` is indexed.

    `also` names columns that the side table keeps beside what is searched.
    """
    return dialect.search_parts(table, needle(q), ", ".join(f"s.{c}" for c in ("id", *also)))
