"""Owns how a list's columns share a width. Knows nothing of what is in them, nor of widgets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

R = TypeVar("R")

# What a cell means, so that a theme can give it a colour. The words alone must be enough.
Tone = Literal["", "good", "warning", "bad", "dim", "strong"]
GAP = 2


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place."""

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
    columns: Sequence[Column[R]], width: int, sort: str = ""
) -> tuple[tuple[Column[R], int], ...]:
    """The columns that fit into `width` cells, in their order, each with its own width.

    What the list is sorted by leaves last, but for what its rows are known by.
    """

    def rank(column: Column[R]) -> float:
        is_sorted_by = sort != "" and column.sort == sort.lstrip("-")
        return min(column.rank, 0.5) if is_sorted_by else column.rank

    kept = list(columns)
    while len(kept) > 1 and _needed(kept) > width:
        kept.remove(max(kept, key=rank))
    widths = {id(column): column.least for column in kept}
    spare = width - _needed(kept)
    while spare > 0:
        growing = [column for column in kept if widths[id(column)] < column.most]
        if not growing:
            break
        for column in growing[:spare]:
            widths[id(column)] += 1
            spare -= 1
    return tuple((column, widths[id(column)]) for column in kept)


def _needed(columns: Sequence[Column[R]]) -> int:
    return sum(column.least for column in columns) + GAP * (len(columns) - 1)
