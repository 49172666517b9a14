"""Owns the way to the rows of a page: which index is walked, and how far.

It knows no table, and no condition by its meaning.

A list without conditions is read off the index of its sort. One with conditions is read in the
cheapest way that is sure to be cheap:

1. the next rows of the sort's index are tried, which fills a page where many rows fit;
2. else, where a shortcut (an index of a condition) leads to few rows, those are sorted;
3. else more rows are tried, and some more where those that were found say that this will do;
4. else a shortcut to not too many rows is taken;
5. else the walk goes on, up to a limit: then the page holds what was found, and says where the walk
   stopped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from models.listing import legs
from models.listing.cursors import Place
from models.listing.legs import Leg
from models.listing.query import Query, Shape, Shortcut
from models.listing.sql import Dialect, Sql, all_of, filled

Row = dict[str, Any]

# Rows of a shortcut that are sorted without a thought, and those that are sorted rather than
# walked for: a few thousand cost some milliseconds, some ten thousands about a hundred.
FEW, MANY = 3_000, 40_000
# Rows that are tried at first, and how many more each time: a page where every tenth fits, some
# milliseconds, some tens of them, and what can be borne where no other way is left.
STEPS = (500, 3_000, 20_000, 80_000)


@dataclass(frozen=True, slots=True)
class Start:
    """Where to begin to read."""

    place: Place
    is_included: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in the order of reading, as many as were wanted where there are as many.

    Where there may be more, `stopped_at` says how far was looked.
    """

    rows: list[Row]
    stopped_at: Place | None = None


@dataclass(frozen=True, slots=True)
class _Ids:
    """Where a shortcut leads, and the check that need not be made there."""

    ids: list[str]
    replaces: Sql | None


def _is_promising(walked: Found, wanted: int) -> bool:
    """Whether the third step fills the page, if what comes is as dense as what was, and to spare."""
    density = len(walked.rows) / (STEPS[0] + STEPS[1])
    return walked.stopped_at is not None and density * STEPS[2] > 1.5 * (wanted - len(walked.rows))


class Search:
    """One page's way through the database."""

    def __init__(self, engine: Dialect, query: Query, shape: Shape, *, is_forward: bool) -> None:
        self._engine, self._query, self._shape = engine, query, shape
        self._legs = tuple(legs.legs(query, is_forward=is_forward))
        self._conditions = legs.conditions(engine, query)

    async def found(self, start: Start | None, wanted: int) -> Found:
        """The first `wanted` rows from `start` on."""
        if not self._query.is_filtered:
            return Found(await self._read(start, wanted))
        async with self._engine.searching():
            return await self._searched(start, wanted)

    async def _searched(self, start: Start | None, wanted: int) -> Found:
        walked = await self._walk(start, wanted, STEPS[0])
        if walked.stopped_at is None:
            return walked
        few = await self._fewest(self._query.shortcuts, FEW)
        if few is not None:
            return Found(await self._read(start, wanted, among=few))
        walked = await self._walk_on(walked, wanted, STEPS[1])
        if _is_promising(walked, wanted):
            walked = await self._walk_on(walked, wanted, STEPS[2])
        if walked.stopped_at is None:
            return walked
        many = await self._fewest(self._query.shortcuts, MANY)
        if many is not None:
            return Found(await self._read(start, wanted, among=many))
        return await self._walk_on(walked, wanted, STEPS[3])

    async def _walk_on(self, walked: Found, wanted: int, size: int) -> Found:
        if walked.stopped_at is None:
            return walked
        further = await self._walk(Start(walked.stopped_at), wanted - len(walked.rows), size)
        return Found([*walked.rows, *further.rows], further.stopped_at)

    async def _walk(self, start: Start | None, wanted: int, size: int) -> Found:
        """The rows that fit among the next `size` of each leg, until one leg has more than that."""
        rows: list[Row] = []
        for leg, begin in self._from(start):
            part = self._part(leg, begin)
            fence = await self._fence(leg, part, size)
            if fence is not None:
                part = all_of((part, legs.until(self._engine, self._query, leg, fence)))
            rows += await self._rows(leg, part, wanted - len(rows))
            if len(rows) == wanted:
                return Found(rows)
            if fence is not None:
                return Found(rows, stopped_at=fence)
        return Found(rows)

    async def _read(
        self, start: Start | None, wanted: int, *, among: _Ids | None = None
    ) -> list[Row]:
        """The rows that fit, all or those that a shortcut leads to."""
        rows: list[Row] = []
        for leg, begin in self._from(start):
            rows += await self._rows(leg, self._part(leg, begin), wanted - len(rows), among=among)
            if len(rows) == wanted:
                break
        return rows

    def _from(self, start: Start | None) -> Iterator[tuple[Leg, Start | None]]:
        """The legs that are left to read, the first of them from `start` on."""
        is_reached = start is None
        for leg in self._legs:
            if not is_reached and start is not None and start.place.is_null == leg.is_null:
                is_reached = True
                yield leg, start
            elif is_reached:
                yield leg, None

    def _part(self, leg: Leg, start: Start | None) -> Sql:
        engine, query = self._engine, self._query
        whole = legs.range_of(engine, query, leg, is_begun=start is not None)
        if start is None:
            return whole
        after = legs.beyond(engine, query, leg, start.place, inclusive=start.is_included)
        return all_of((whole, after))

    async def _fence(self, leg: Leg, part: Sql, size: int) -> Place | None:
        """Where the next `size` rows of the index end; None where there are fewer."""
        query = self._query
        # Nothing that is not in the index.
        row_id = "'' AS id" if query.sort.is_unique else "t.id"
        statement = filled(
            f"SELECT p.id, {legs.place_columns(self._engine, query)} FROM ("
            f"SELECT t.id, t.{query.sort.column}, row_number() OVER () AS row_number FROM ("
            f"SELECT {row_id}, t.{query.sort.column} FROM {query.table} t WHERE {{part}} "
            f"ORDER BY {legs.order(query, leg)} LIMIT {size}) t) p WHERE p.row_number = {size}",
            part=part,
        )
        rows = await self._engine.rows(statement)
        return legs.place_of(rows[0]) if rows else None

    async def _rows(
        self, leg: Leg, part: Sql, wanted: int, *, among: _Ids | None = None
    ) -> list[Row]:
        query = self._query
        left = [one for one in self._conditions if among is None or one is not among.replaces]
        fitting = all_of((part, *left))
        inner = filled(
            f"SELECT t.* FROM {{source}} WHERE {{fitting}} "
            f"ORDER BY {legs.order(query, leg)} LIMIT {wanted}",
            source=self._engine.only(query.table, among.ids) if among else Sql(f"{query.table} t"),
            fitting=fitting,
        )
        return await self._engine.rows(self._shaped(leg, inner))

    def _shaped(self, leg: Leg, inner: Sql) -> Sql:
        shape = self._shape
        place = legs.place_columns(self._engine, self._query)
        return Sql(
            f"SELECT {place}, {shape.columns.text} FROM ({inner.text}) p {shape.joins} "
            f"ORDER BY {legs.order(self._query, leg, 'p')}",
            (*shape.columns.values, *inner.values),
        )

    async def _fewest(self, shortcuts: Iterable[Shortcut], most: int) -> _Ids | None:
        """Where the shortest shortcut leads; None where all lead to more than `most` rows."""
        fewest = None
        for shortcut in shortcuts:
            text, values = shortcut.ids
            limited = f"SELECT {self._engine.text('i.id')} AS id FROM ({text}) i LIMIT {most + 1}"
            found = await self._engine.rows(Sql(limited, values))
            if len(found) <= most:
                most = len(found)
                fewest = _Ids([row["id"] for row in found], shortcut.replaces)
            if most <= FEW:
                break
        return fewest
