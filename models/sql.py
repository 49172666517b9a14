"""Pieces of SQL with their values.

The module knows no table and no engine. A value is always a parameter, written `?`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Sql(NamedTuple):
    """A piece of a statement and the values of its parameters, in their order."""

    text: str
    values: tuple[Any, ...] = ()


def joined(separator: str, pieces: Iterable[Sql]) -> Sql:
    """The pieces with `separator` in between."""
    parts = tuple(pieces)
    values = tuple(value for part in parts for value in part.values)
    return Sql(separator.join(part.text for part in parts), values)


def all_of(conditions: Iterable[Sql]) -> Sql:
    """The condition that every one of the conditions holds; TRUE without any."""
    parts = tuple(conditions)
    return joined(" AND ", parts) if parts else Sql("1 = 1")


def any_of(conditions: Iterable[Sql]) -> Sql:
    """The condition that one of the conditions holds; there must be one."""
    either = joined(") OR (", conditions)
    return Sql(f"(({either.text}))", either.values)


def filled(template: str, **pieces: Sql) -> Sql:
    """The template with its `{names}` replaced, each used once, values in the order of the text."""
    order = sorted(pieces, key=lambda name: template.index("{" + name + "}"))
    values = tuple(value for name in order for value in pieces[name].values)
    return Sql(template.format(**{name: piece.text for name, piece in pieces.items()}), values)
