"""Owns what it means that a text is found: a part of a word, or the beginning of the whole.

Three characters and more are looked for anywhere, fewer at the beginning of a column only; but two
letters of a script without spaces anywhere too. Letters are compared without case.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.engines.sqlite.folding import folded, unfolded
from models.lists.scripts import is_without_spaces
from models.lists.sql import Dialect, Sql

# Stands before each column in the text that is searched. Two of them, so that also one letter at a
# beginning makes three characters, which is what both engines' indexes are made of.
MARK = "\n\n"
SHORTEST_PART = 3
SHORTEST_WITHOUT_SPACES = 2
# So many nested calls are quicker than a function of ours, and SQLite's parser can do with them.
MOST_REPLACED = 8


def needle(q: str) -> str:
    """What is looked for in the searched text."""
    return q if len(q) >= SHORTEST_PART or not is_indexed(q) else MARK + q


def is_indexed(q: str) -> bool:
    """Whether `by_index` finds it: no index of three characters leads to two in the middle."""
    return len(q) != SHORTEST_WITHOUT_SPACES or not is_without_spaces(q)


def found_in(engine: Dialect, columns: Sequence[str], q: str) -> Sql:
    """What holds where one of the columns holds `q`."""
    looked_for = needle(q)
    if engine.is_sqlite:
        text = " || ".join(f"char(10, 10) || {column}" for column in columns)
        return _held_in_sqlite(text, folded(looked_for))
    text = " || ".join(f"E'\\n\\n' || {column}" for column in columns)
    return Sql(f"position(lower(?::text) in lower({text})) > 0", (looked_for,))


def _held_in_sqlite(text: str, looked_for: str) -> Sql:
    """Folds only the letters that are looked for, where they are few: that costs a tenth."""
    pairs = tuple(unfolded(looked_for))
    if len(pairs) > MOST_REPLACED:
        return Sql(f"instr(everruns_folded({text}), ?) > 0", (looked_for,))
    values: list[str] = []
    for capital, letter in pairs:
        text = f"replace({text}, ?, ?)"
        values += (capital, letter)
    return Sql(f"instr(lower({text}), ?) > 0", (*values, looked_for))


def by_index(engine: Dialect, table: str, q: str, *, also: Sequence[str] = ()) -> Sql:
    """The ids of the rows of `table` that are found, by its index of parts; `q` is indexed.

    `also` names columns that the side table keeps beside what is searched.
    """
    looked_for = needle(q)
    columns = ", ".join(f"s.{column}" for column in ("id", *also))
    if engine.is_sqlite:
        phrase = '"' + looked_for.replace('"', '""') + '"'
        # The index takes letters for equal that we do not.
        held = _held_in_sqlite("s.text", folded(looked_for))
        return Sql(
            f"SELECT {columns} FROM {table}_search_parts x "
            f"CROSS JOIN {table}_search s ON s.number = x.rowid "
            f"WHERE x.{table}_search_parts MATCH ? AND {held.text}",
            (phrase, *held.values),
        )
    return Sql(
        f"SELECT {columns} FROM {table}_search s WHERE s.text LIKE lower(?::text)",
        (_like(looked_for),),
    )


def _like(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return f"%{text}%"
