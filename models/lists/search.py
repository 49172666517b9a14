"""The search for the rows of a page: the index that is read, and how far.

It knows no table, and no condition by its meaning.

A list without conditions is read from the index of its sort. One with conditions is searched, within
a `Budget`:

1. A first batch of the sort's index is scanned, and a second one if the rows that fit say that it
   will fill the page.
2. Otherwise a candidate set with fewer rows than the scan would have to read is sorted.
3. Otherwise the scan goes on until the time is over. Then the page holds the rows that were found,
   and the end of the last batch is where the next page begins.

A candidate set that had few rows is read first for the next page, and one that had too many is not
read.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from models.engines.dialect import Dialect
from models.lists import segments
from models.lists.budget import Budget
from models.lists.cursors import Cursor, Position, Side
from models.lists.experience import Experience, Question
from models.lists.query import CandidateSet, Query, Shape
from models.lists.segments import Segment
from models.sql import Sql, all_of, any_of, filled, joined

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in the order of reading; fewer than wanted only where the list ends, or at `stopped_at`.

    `stopped_at` is the end of the last batch that was scanned, where rows may follow it.
    """

    rows: list[Row]
    stopped_at: Position | None = None


class Search:
    """The search for the rows of one page."""

    def __init__(
        self,
        dialect: Dialect,
        query: Query,
        shape: Shape,
        *,
        is_forward: bool,
        budget: Budget,
        experience: Experience,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._dialect, self._query, self._shape = dialect, query, shape
        self._is_forward, self._budget, self._experience = is_forward, budget, experience
        self._clock = clock
        self._segments = tuple(segments.segments(query, is_forward=is_forward))
        self._conditions = segments.conditions(dialect, query)

    async def found(self, start: Cursor | None, wanted: int) -> Found:
        """The first `wanted` rows from `start` on."""
        if not self._query.is_filtered:
            return Found(await self._read(start, wanted))
        async with self._dialect.searching():
            return await self._searched(start, wanted)

    async def _searched(self, start: Cursor | None, wanted: int) -> Found:
        budget, began = self._budget, self._clock()
        for candidates in self._query.candidate_sets:
            if self._experience.is_few(self._question(candidates), began):
                rows = await self._by_candidates(candidates, budget.few_candidates, start, wanted)
                if rows is not None:
                    return Found(rows)
        size = budget.near_batch if self._query.is_covered else budget.first_batch
        scanned = await self._scan(start, wanted, size)
        ahead = _rows_ahead(scanned, wanted, size)
        if ahead <= budget.near_batch:
            scanned = await self._scan_on(scanned, wanted, budget.near_batch)
        if scanned.stopped_at is None:
            return scanned
        affordable = max(budget.always_sorted, budget.sorted_per_scanned * ahead)
        most = int(min(affordable, budget.most_sorted))
        for candidates in self._query.candidate_sets:
            rows = await self._by_candidates(candidates, most, start, wanted)
            if rows is not None:
                return Found(rows)
        # The first batch was scanned in any case: a page that ends here has moved all the same.
        while scanned.stopped_at is not None and self._clock() - began < budget.seconds:
            scanned = await self._scan_on(scanned, wanted, budget.further_batch)
        return scanned

    async def _scan_on(self, scanned: Found, wanted: int, size: int) -> Found:
        if scanned.stopped_at is None:
            return scanned
        side = Side.AFTER if self._is_forward else Side.BEFORE
        start = Cursor(side, scanned.stopped_at)
        further = await self._scan(start, wanted - len(scanned.rows), size)
        return Found([*scanned.rows, *further.rows], further.stopped_at)

    async def _scan(self, start: Cursor | None, wanted: int, size: int) -> Found:
        """The rows that fit among the next `size` of each segment, up to the first that has more."""
        rows: list[Row] = []
        for segment, begin in self._from(start):
            part = self._part(segment, begin)
            batch_end = await self._batch_end(segment, part, size)
            if batch_end is not None:
                part = all_of(
                    (part, segments.until(self._dialect, self._query, segment, batch_end))
                )
            rows += await self._rows(segment, part, wanted - len(rows))
            if len(rows) == wanted:
                return Found(rows)
            if batch_end is not None:
                return Found(rows, stopped_at=batch_end)
        return Found(rows)

    async def _read(self, start: Cursor | None, wanted: int) -> list[Row]:
        """The rows of a list without conditions."""
        rows: list[Row] = []
        for segment, begin in self._from(start):
            rows += await self._rows(segment, self._part(segment, begin), wanted - len(rows))
            if len(rows) == wanted:
                break
        return rows

    def _from(self, start: Cursor | None) -> Iterator[tuple[Segment, Cursor | None]]:
        """The segments from `start` on, each with the cursor at which it begins, if any."""
        is_reached = start is None
        for segment in self._segments:
            if not is_reached and start is not None and start.position.is_null == segment.is_null:
                is_reached = True
                yield segment, start
            elif is_reached:
                yield segment, None

    def _part(self, segment: Segment, start: Cursor | None) -> Sql:
        dialect, query = self._dialect, self._query
        whole = segments.range_of(dialect, query, segment, is_begun=start is not None)
        if start is None:
            return whole
        after = segments.beyond(
            dialect, query, segment, start.position, inclusive=start.side.is_inclusive
        )
        return all_of((whole, after))

    async def _batch_end(self, segment: Segment, part: Sql, size: int) -> Position | None:
        """Where the next `size` rows of the index end; None where there are fewer."""
        query = self._query
        # Only columns that the index holds.
        row_id = "'' AS id" if query.sort.is_unique else "t.id"
        statement = filled(
            f"SELECT p.id, {segments.position_columns(self._dialect, query)} FROM ("
            f"SELECT t.id, t.{query.sort.column}, row_number() OVER () AS row_number FROM ("
            f"SELECT {row_id}, t.{query.sort.column} FROM {query.table} t WHERE {{part}} "
            f"ORDER BY {segments.order(query, segment)} LIMIT {size}) t) p WHERE p.row_number = {size}",
            part=part,
        )
        rows = await self._dialect.rows(statement)
        return segments.position_of(rows[0]) if rows else None

    async def _rows(self, segment: Segment, part: Sql, wanted: int) -> list[Row]:
        """The first rows of a part of the list that fit, by the index of the sort."""
        query = self._query
        found = filled(
            f"SELECT t.* FROM {query.table} t WHERE {{fitting}} "
            f"ORDER BY {segments.order(query, segment)} LIMIT {wanted}",
            fitting=all_of((part, *self._conditions)),
        )
        source = Sql(f"({found.text}) p", found.values)
        return await self._dialect.rows(self._shaped(source, segments.order(query, segment, "p")))

    async def _by_candidates(
        self, candidates: CandidateSet, most: int, start: Cursor | None, wanted: int
    ) -> list[Row] | None:
        """As `_rows_by`, but a set that is known to have too many rows is not read."""
        question = self._question(candidates)
        if self._experience.is_detour(question, most, self._clock()):
            return None
        rows, is_few = await self._rows_by(candidates, most, start, wanted)
        if candidates.is_of_now:
            return rows
        if is_few:
            self._experience.note_few(question, self._clock())
        elif rows is None:
            self._experience.note_detour(question, most, self._clock())
        return rows

    def _question(self, candidates: CandidateSet) -> Question:
        """The key of what is remembered about a candidate set."""
        return self._query.prefix, candidates.candidate_queries

    async def _rows_by(
        self, candidates: CandidateSet, most: int, start: Cursor | None, wanted: int
    ) -> tuple[list[Row] | None, bool]:
        """The first rows of a candidate set from `start` on that fit, and whether the set is small.

        The rows are None where the set has more than `most`; then none of them was looked up.
        """
        query = self._query
        parts = [(segment, self._part(segment, begin)) for segment, begin in self._from(start)]
        if not parts:
            return [], False
        order = partial(segments.order_of_all, query, parts[0][0], is_forward=self._is_forward)
        candidate_queries, is_short = _candidate_queries(candidates, most)
        left = [one for one in self._conditions if one is not candidates.replaces]
        fitting = all_of((is_short, any_of(part for _, part in parts), *left))
        chosen = f"WHERE {{fitting}} ORDER BY {order('t')} LIMIT {wanted}"
        found = self._chosen(candidates, chosen, fitting)
        extent = f"SELECT {is_short.text} AS is_short, {_is_few(candidates, self._budget.few_candidates).text} AS is_few"
        beside = Sql(f"({extent}) c LEFT JOIN ({found.text}) p ON 1 = 1", found.values)
        rest = self._shaped(beside, order("p"), "c.is_short, c.is_few, ")
        answer = await self._dialect.rows(
            filled(
                "WITH {candidate_queries} {rest}", candidate_queries=candidate_queries, rest=rest
            )
        )
        rows = [row for row in answer if row["id"] is not None]
        return (rows if answer[0]["is_short"] else None), bool(answer[0]["is_few"])

    def _chosen(self, candidates: CandidateSet, chosen: str, fitting: Sql) -> Sql:
        """The `chosen` rows of a candidate set, chosen before they are looked up where that suffices."""
        table, ids = self._query.table, _ids(candidates)
        if self._query.is_decided_by(candidates):
            few = filled(f"SELECT t.id FROM ({ids}) t {chosen}", fitting=fitting)
            rows = self._dialect.those(table, few)
            return Sql(f"SELECT t.* FROM {rows.text}", rows.values)
        source = self._dialect.those(table, Sql(f"SELECT i.id FROM ({ids}) i"))
        return filled(f"SELECT t.* FROM {{source}} {chosen}", source=source, fitting=fitting)

    def _shaped(self, source: Sql, order: str, before: str = "") -> Sql:
        """The statement that answers the rows `p` of `source`, with the columns that the list shows."""
        shape = self._shape
        position = segments.position_columns(self._dialect, self._query)
        return Sql(
            f"SELECT {before}{position}, {shape.columns.text} FROM {source.text} {shape.joins} "
            f"ORDER BY {order}",
            (*shape.columns.values, *source.values),
        )


def _candidate_queries(candidates: CandidateSet, most: int) -> tuple[Sql, Sql]:
    """The set's queries, each limited to one row more than is affordable; and whether all are."""
    pieces, checks = [], []
    for number, candidate_query in enumerate(candidates.candidate_queries):
        limit = most // candidate_query.cost
        begun = f"candidates_{number} AS MATERIALIZED (SELECT i.* FROM ("
        pieces.append(
            Sql(
                f"{begun}{candidate_query.ids.text}) i LIMIT {limit + 1})",
                candidate_query.ids.values,
            )
        )
        checks.append(Sql(f"(SELECT count(*) FROM candidates_{number}) <= {limit}"))
    return joined(", ", pieces), all_of(checks)


def _is_few(candidates: CandidateSet, few: int) -> Sql:
    """Whether no query of the set answers more than `few` rows; no more are counted."""
    return all_of(
        Sql(
            f"NOT EXISTS (SELECT 1 FROM candidates_{number} LIMIT 1 OFFSET {few // candidate_query.cost})"
        )
        for number, candidate_query in enumerate(candidates.candidate_queries)
    )


def _ids(candidates: CandidateSet) -> str:
    """The rows of all queries of the set, each once."""
    return " UNION ".join(
        f"SELECT * FROM candidates_{number}" for number in range(len(candidates.candidate_queries))
    )


def _rows_ahead(scanned: Found, wanted: int, size: int) -> float:
    """How many rows would fill the page, and half as many again, if as many fit as in the first batch."""
    if not scanned.rows:
        return math.inf
    return 1.5 * (wanted - len(scanned.rows)) * size / len(scanned.rows)
