"""Owns the way to the rows of a page: which index is walked, and how far.

It knows no table, and no condition by its meaning.

A list without conditions is read off the index of its sort. One with conditions is read in the
cheapest way that is sure to be cheap:

1. the next rows of the sort's index are tried, and more where those that fit say that this will do;
2. else, where a shortcut (an index of a condition) leads to fewer rows than the walk would have to
   go through, those are sorted;
3. else the walk goes on as long as patience lasts: then the page holds what was found, and says
   where the walk stopped. So a page is answered soon, whatever is looked for.

What led to a few rows is taken first for the next page, and what was a detour is not tried.
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
from models.lists.cursors import Cursor, Position, Side
from models.lists.experience import Experience, Question
from models.lists.query import CandidateSet, Query, Shape
from models.lists.segments import Segment
from models.sql import Sql, all_of, any_of, filled, joined

Row = dict[str, Any]

# Rows of a shortcut that are sorted without a thought, and those that are sorted at most: a few
# thousand cost some milliseconds, ten thousand some tens of them.
FEW, MANY = 3_000, 15_000
# Rows of a shortcut that are sorted in the time in which others would be tried in vain.
AT_ONCE = 1_500
# Rows that are tried at first; further ones that are walked without looking for another way (and at
# first, where the index alone tells which fit); and so many each time after that.
TRIED, NEAR, STEP = 500, 3_000, 2_000
# To walk past a row costs about what it costs to sort so many.
SORTED_PER_WALKED = 2
# After so many seconds no further step is begun.
PATIENCE = 0.04

_experience = Experience()


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in the order of reading, as many as were wanted where there are as many.

    Where there may be more, `stopped_at` says how far was looked.
    """

    rows: list[Row]
    stopped_at: Position | None = None


class Search:
    """One page's way through the database."""

    def __init__(
        self,
        engine: Dialect,
        query: Query,
        shape: Shape,
        *,
        is_forward: bool,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._engine, self._query, self._shape = engine, query, shape
        self._is_forward = is_forward
        self._clock = clock
        self._segments = tuple(segments.segments(query, is_forward=is_forward))
        self._conditions = segments.conditions(engine, query)

    async def found(self, start: Cursor | None, wanted: int) -> Found:
        """The first `wanted` rows from `start` on."""
        if not self._query.is_filtered:
            return Found(await self._read(start, wanted))
        async with self._engine.searching():
            return await self._searched(start, wanted)

    async def _searched(self, start: Cursor | None, wanted: int) -> Found:
        began = self._clock()
        for candidates in self._query.candidate_sets:
            if _experience.is_few(self._question(candidates), began):
                rows = await self._by_candidates(candidates, AT_ONCE, start, wanted)
                if rows is not None:
                    return Found(rows)
        tried = NEAR if self._query.is_covered else TRIED
        walked = await self._walk(start, wanted, tried)
        ahead = _rows_ahead(walked, wanted, tried)
        if ahead <= NEAR:
            walked = await self._walk_on(walked, wanted, NEAR)
        if walked.stopped_at is None:
            return walked
        most = int(min(max(FEW, SORTED_PER_WALKED * ahead), MANY))
        for candidates in self._query.candidate_sets:
            rows = await self._by_candidates(candidates, most, start, wanted)
            if rows is not None:
                return Found(rows)
        # What was tried above is a step too: a page that ends here has come somewhere all the same.
        while walked.stopped_at is not None and self._clock() - began < PATIENCE:
            walked = await self._walk_on(walked, wanted, STEP)
        return walked

    async def _walk_on(self, walked: Found, wanted: int, size: int) -> Found:
        if walked.stopped_at is None:
            return walked
        side = Side.AFTER if self._is_forward else Side.BEFORE
        start = Cursor(side, walked.stopped_at)
        further = await self._walk(start, wanted - len(walked.rows), size)
        return Found([*walked.rows, *further.rows], further.stopped_at)

    async def _walk(self, start: Cursor | None, wanted: int, size: int) -> Found:
        """The rows that fit among the next `size` of each leg, until one leg has more than that."""
        rows: list[Row] = []
        for segment, begin in self._from(start):
            part = self._part(segment, begin)
            batch_end = await self._batch_end(segment, part, size)
            if batch_end is not None:
                part = all_of((part, segments.until(self._engine, self._query, segment, batch_end)))
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
        """The legs that are left to read, the first of them from `start` on."""
        is_reached = start is None
        for segment in self._segments:
            if not is_reached and start is not None and start.position.is_null == segment.is_null:
                is_reached = True
                yield segment, start
            elif is_reached:
                yield segment, None

    def _part(self, segment: Segment, start: Cursor | None) -> Sql:
        engine, query = self._engine, self._query
        whole = segments.range_of(engine, query, segment, is_begun=start is not None)
        if start is None:
            return whole
        after = segments.beyond(
            engine, query, segment, start.position, inclusive=start.side.is_inclusive
        )
        return all_of((whole, after))

    async def _batch_end(self, segment: Segment, part: Sql, size: int) -> Position | None:
        """Where the next `size` rows of the index end; None where there are fewer."""
        query = self._query
        # Nothing that is not in the index.
        row_id = "'' AS id" if query.sort.is_unique else "t.id"
        statement = filled(
            f"SELECT p.id, {segments.position_columns(self._engine, query)} FROM ("
            f"SELECT t.id, t.{query.sort.column}, row_number() OVER () AS row_number FROM ("
            f"SELECT {row_id}, t.{query.sort.column} FROM {query.table} t WHERE {{part}} "
            f"ORDER BY {segments.order(query, segment)} LIMIT {size}) t) p WHERE p.row_number = {size}",
            part=part,
        )
        rows = await self._engine.rows(statement)
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
        return await self._engine.rows(self._shaped(source, segments.order(query, segment, "p")))

    async def _by_candidates(
        self, candidates: CandidateSet, most: int, start: Cursor | None, wanted: int
    ) -> list[Row] | None:
        """As `_rows_by`, but what is known to be a detour is not tried."""
        question = self._question(candidates)
        if _experience.is_detour(question, most, self._clock()):
            return None
        rows, is_few = await self._rows_by(candidates, most, start, wanted)
        if candidates.is_of_now:
            return rows
        if is_few:
            _experience.note_few(question, self._clock())
        elif rows is None:
            _experience.note_detour(question, most, self._clock())
        return rows

    def _question(self, candidates: CandidateSet) -> Question:
        """What a later page must have in common with this one to learn from it."""
        return self._query.prefix, candidates.candidate_queries

    async def _rows_by(
        self, candidates: CandidateSet, most: int, start: Cursor | None, wanted: int
    ) -> tuple[list[Row] | None, bool]:
        """The first rows from `start` on that fit, of those of a shortcut; and whether those are few.

        None where it leads to more than `most`; then none of them was looked up.
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
        extent = f"SELECT {is_short.text} AS is_short, {_is_few(candidates).text} AS is_few"
        beside = Sql(f"({extent}) c LEFT JOIN ({found.text}) p ON 1 = 1", found.values)
        rest = self._shaped(beside, order("p"), "c.is_short, c.is_few, ")
        answer = await self._engine.rows(
            filled(
                "WITH {candidate_queries} {rest}", candidate_queries=candidate_queries, rest=rest
            )
        )
        rows = [row for row in answer if row["id"] is not None]
        return (rows if answer[0]["is_short"] else None), bool(answer[0]["is_few"])

    def _chosen(self, candidates: CandidateSet, chosen: str, fitting: Sql) -> Sql:
        """The rows that are `chosen` of those of a shortcut: before they are looked up, if that does."""
        table, ids = self._query.table, _ids(candidates)
        if self._query.is_told_by(candidates):
            few = filled(f"SELECT t.id FROM ({ids}) t {chosen}", fitting=fitting)
            rows = self._engine.those(table, few)
            return Sql(f"SELECT t.* FROM {rows.text}", rows.values)
        source = self._engine.those(table, Sql(f"SELECT i.id FROM ({ids}) i"))
        return filled(f"SELECT t.* FROM {{source}} {chosen}", source=source, fitting=fitting)

    def _shaped(self, source: Sql, order: str, before: str = "") -> Sql:
        """What is answered of the rows `p` of `source`."""
        shape = self._shape
        position = segments.position_columns(self._engine, self._query)
        return Sql(
            f"SELECT {before}{position}, {shape.columns.text} FROM {source.text} {shape.joins} "
            f"ORDER BY {order}",
            (*shape.columns.values, *source.values),
        )


def _candidate_queries(candidates: CandidateSet, most: int) -> tuple[Sql, Sql]:
    """What each way leads to, up to one more than is affordable; and whether it is affordable."""
    pieces, checks = [], []
    for number, candidate_query in enumerate(candidates.candidate_queries):
        limit = most // candidate_query.cost
        begun = f"way_{number} AS MATERIALIZED (SELECT i.* FROM ("
        pieces.append(
            Sql(
                f"{begun}{candidate_query.ids.text}) i LIMIT {limit + 1})",
                candidate_query.ids.values,
            )
        )
        checks.append(Sql(f"(SELECT count(*) FROM way_{number}) <= {limit}"))
    return joined(", ", pieces), all_of(checks)


def _is_few(candidates: CandidateSet) -> Sql:
    """Whether the ways lead to so few rows that they can be gone to at once; no more are counted."""
    return all_of(
        Sql(
            f"NOT EXISTS (SELECT 1 FROM way_{number} LIMIT 1 OFFSET {AT_ONCE // candidate_query.cost})"
        )
        for number, candidate_query in enumerate(candidates.candidate_queries)
    )


def _ids(candidates: CandidateSet) -> str:
    """The rows of all ways, each once."""
    return " UNION ".join(
        f"SELECT * FROM way_{number}" for number in range(len(candidates.candidate_queries))
    )


def _rows_ahead(walked: Found, wanted: int, tried: int) -> float:
    """How many rows more would fill the page, and to spare, if they are as those that were tried."""
    if not walked.rows:
        return math.inf
    return 1.5 * (wanted - len(walked.rows)) * tried / len(walked.rows)
