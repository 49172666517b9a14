"""The widths of a list's columns. Knows nothing of their content, nor of widgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Generic, Literal, TypeVar

R = TypeVar("R")

# What a cell means, so that a theme can give it a colour. The words alone must be enough.
Tone = Literal["", "good", "warning", "bad", "dim", "strong"]
GAP = 2
EMPTY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of one cell, and its tone."""

    text: str
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column: at least `least` cells wide, and with room to spare up to `most`.

    `rank` says which columns leave first when the width does not do: the highest. One that is the
    row's status says so of a row that is gone. One of times is sorted with the newest first.
    """

    title: str
    cell: Callable[[R, datetime], Cell]
    least: int
    most: int
    rank: int = 0
    sort: str | None = None
    is_owner: bool = False
    is_status: bool = False
    is_time: bool = False


def shared(
    columns: Sequence[Column[R]], width: int, sort: str = "", wanted: Mapping[str, int] = EMPTY
) -> tuple[tuple[Column[R], int], ...]:
    """The columns that fit into `width` cells, in their order, each with its own width.

    The column of the order leaves last, but for the one by which rows are known. Room to spare goes to
    what is cut: to each column, the lowest rank first, as many cells as its title says in `wanted`.
    """

    def rank(column: Column[R]) -> float:
        is_sorted_by = sort != "" and column.sort == sort.lstrip("-")
        return min(column.rank, 0.5) if is_sorted_by else column.rank

    kept = list(columns)
    while len(kept) > 1 and _needed(kept) > width:
        kept.remove(max(kept, key=rank))
    widths = {column.title: column.least for column in kept}
    spare = width - _needed(kept)
    for column in sorted(kept, key=rank):
        missing = min(wanted.get(column.title, 0), column.most) - column.least
        more = max(0, min(missing, spare))
        widths[column.title] += more
        spare -= more
    while spare > 0 and (growing := [each for each in kept if widths[each.title] < each.most]):
        for column in growing[:spare]:
            widths[column.title] += 1
            spare -= 1
    return tuple((column, widths[column.title]) for column in kept)


def _needed(columns: Sequence[Column[R]]) -> int:
    return sum(column.least for column in columns) + GAP * (len(columns) - 1)
