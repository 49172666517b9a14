"""Owns the value that says what a list is asked for: its table, order, conditions and short ways.

It knows neither engine nor paging.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.listing.sql import Sql

Operator = Literal[">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True)
class Sort:
    """A column to sort by; rows in which it is null come last, in both directions.

    Equals are in the order of their ids; where there are none, the index needs no ids. Its index also
    `holds` the columns that are named.
    """

    column: str
    is_time: bool = False
    is_nullable: bool = False
    is_unique: bool = False
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Within:
    """A condition on a column of times: within the bounds or, `or_null`, null. One of the two holds.

    Where the list is sorted by that column it becomes a part of the index to walk.
    """

    column: str
    bounds: tuple[tuple[Operator, datetime], ...] = ()
    or_null: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A statement that answers the ids of all rows that a condition leaves, by an index of its own.

    `replaces` is the check that its rows need not pass any more; None where it leads also to rows that
    do not fit. To find one of its ids costs what `cost` entries of an index do. It `is_dear` where
    the first ids may cost what all of them do; else its first thousands must cost little.
    """

    ids: Sql
    replaces: Sql | None = None
    cost: int = 1
    is_dear: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of one table, which is called `t` in every piece of SQL here.

    `within` and `checks` must hold for a row, and so must `prefix`, equalities that begin an index
    which goes on with the sort. Each of `shortcuts` leads to all rows and to some that only the
    conditions rule out.
    """

    table: str
    sort: Sort
    is_descending: bool
    within: tuple[Within, ...] = ()
    checks: tuple[Sql, ...] = ()
    prefix: tuple[Sql, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Whether rows of the index that is walked may be left out."""
        beside = any(within.column != self.sort.column for within in self.within)
        return beside or bool(self.checks)

    @property
    def is_covered(self) -> bool:
        """Whether the index that is walked tells which rows fit, so that no others are fetched."""
        held = {self.sort.column, *self.sort.holds}
        return not self.checks and all(
            within.column in held and not within.or_null for within in self.within
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """What is answered of the rows, which are called `p` in its SQL. `id` is among the columns."""

    columns: Sql
    joins: str = ""
