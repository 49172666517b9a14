"""The description of a list apart from its rows; the four lists fill it in.

Knows nothing of widgets: the screen, the export and `--once` all read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from tui.lists.columns import Column
from tui.lists.filters import Word
from tui.lists.schemas import Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """One list. `sort` is as the wire has it: a field, with `-` before it for descending."""

    name: str
    title: str
    path: str
    row: type[R]
    columns: tuple[Column[R], ...]
    sort: str
    label: Callable[[R], str]
    """How a person names a row."""
    second: tuple[str, Callable[[R], str]]
    """What `Y` copies beside the id: its name and the text itself."""
    empty: str
    words: Mapping[str, Word] = field(default_factory=dict)
    is_searchable: bool = True

    @property
    def sorts(self) -> tuple[str, ...]:
        """The fields that one can sort by, in the order of their columns."""
        return tuple(column.sort for column in self.columns if column.sort)

    def next_sort(self, sort: str) -> str:
        """The next field, as one begins to sort by it."""
        fields = self.sorts
        here = fields.index(sort.lstrip("-"))
        following = fields[(here + 1) % len(fields)]
        return self.first_sort(following)

    def first_sort(self, field: str) -> str:
        """How one begins to sort by a field: times with the newest, words with A."""
        is_time = any(column.is_time for column in self.columns if column.sort == field)
        return f"-{field}" if is_time else field

    @staticmethod
    def reversed_sort(sort: str) -> str:
        """The same sort in the other direction."""
        return sort[1:] if sort.startswith("-") else f"-{sort}"
