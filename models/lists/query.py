"""The description of a list's SQL: its table, order, conditions and candidate sets.

It knows neither engine nor paging.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from models.sql import Sql

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
class TimeRange:
    """A condition on a column of times: within the bounds or, `or_null`, null. One of the two holds.

    Where the list is sorted by that column it becomes a range of the sort's index.
    """

    column: str
    bounds: tuple[tuple[Operator, datetime], ...] = ()
    or_null: bool = False


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """A statement that answers ids by an index; one costs what `cost` index entries do."""

    ids: Sql
    cost: int = 1


@dataclass(frozen=True, slots=True)
class CandidateSet:
    """Queries that together answer all rows that pass a condition.

    Each query answers the column `id`, and the columns that the set `holds`. `replaces` is the check
    that these rows need not pass any more; None where the queries also answer rows that do not fit.
    The set `is_of_now` where the present time is in it, so that no later page has the same.
    """

    candidate_queries: tuple[CandidateQuery, ...]
    replaces: Sql | None = None
    is_of_now: bool = False
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """The rows of one table, which is called `t` in every piece of SQL here.

    `within` and `checks` must hold for a row, and so must `prefix`, equalities that begin an index
    which goes on with the sort. Each of `candidate_sets` contains every row that passes them all.
    """

    table: str
    sort: Sort
    is_descending: bool
    within: tuple[TimeRange, ...] = ()
    checks: tuple[Sql, ...] = ()
    prefix: tuple[Sql, ...] = ()
    candidate_sets: tuple[CandidateSet, ...] = ()

    @property
    def is_filtered(self) -> bool:
        """Whether rows of the sort's index may have to be left out."""
        beside = any(within.column != self.sort.column for within in self.within)
        return beside or bool(self.checks)

    def is_decided_by(self, candidates: CandidateSet) -> bool:
        """Whether the columns that the set holds decide which rows fit, and their order."""
        left = [check for check in self.checks if check is not candidates.replaces]
        asked = {self.sort.column, *(within.column for within in self.within)}
        return not left and not self.prefix and asked <= set(candidates.holds)

    @property
    def is_covered(self) -> bool:
        """Whether the sort's index decides which rows fit, so that no others are fetched."""
        held = {self.sort.column, *self.sort.holds}
        return not self.checks and all(
            within.column in held and not within.or_null for within in self.within
        )


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns that a list shows of its rows, which are called `p` here. `id` is among them."""

    columns: Sql
    joins: str = ""
