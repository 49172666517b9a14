"""Loads the rows of one list: pages of it, and single rows again.

Knows nothing of what is shown, nor of when something is to be asked for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from tui.context import AppContext
from tui.http.errors import Missing
from tui.http.paging import Cursors
from tui.lists.listing import Listing
from tui.lists.page_buffer import PAGE_ROWS, Loaded, Origin
from tui.lists.schemas import Page, Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Query:
    """A question about a list, apart from where in the list."""

    parameters: Mapping[str, str]
    sort: str

    @property
    def as_parameters(self) -> dict[str, str]:
        """The query of the URL."""
        return {**self.parameters, "sort": self.sort}


class ListLoader(Generic[R]):
    """Asks for rows of `listing`."""

    def __init__(self, context: AppContext, listing: Listing[Any]) -> None:
        self._context = context
        self._listing = listing

    async def pages(
        self, query: Query, origin: Origin, count: int, *, is_new: bool = False
    ) -> AsyncIterator[list[Loaded[R]]]:
        """Yields `count` rows from there on, as pages; a page before something is followed by the rest.

        A search that takes long is answered in pieces, of which some are empty. `is_new`: the first
        rows are yielded as soon as there are any, then all of them.
        """
        first = PAGE_ROWS if origin.is_backward else count
        page = piece = await self._piece(query, origin.cursor, first)
        cursors = Cursors(self._listing.path)
        while len(page.data) < first and (
            onward := cursors.follow(_onward(page, origin), is_empty=not piece.data)
        ):
            if is_new and page.data:
                is_new = False
                yield [(page, origin)]
            piece = await self._piece(query, onward, first - len(page.data))
            page = _joined(page, piece, origin)
        pages: list[Loaded[R]] = [(page, origin)]
        if count > first and page.next_cursor is not None:
            async for more in self.pages(query, Origin(page.next_cursor), count - first):
                pages += more
        yield pages

    async def rows(self, row_ids: Sequence[str]) -> AsyncIterator[tuple[str, R | None]]:
        """Yields each row with its id; None for one that is no longer there."""
        for row_id in row_ids:
            try:
                yield (
                    row_id,
                    await self._context.client.one(self._listing.row, self._listing.path, row_id),
                )
            except Missing:
                yield row_id, None

    async def _piece(self, query: Query, cursor: str | None, count: int) -> Page[R]:
        where = {"limit": str(count), **({"cursor": cursor} if cursor else {})}
        page: Page[R] = await self._context.client.page(
            self._listing.row, self._listing.path, {**query.as_parameters, **where}
        )
        return page


def _joined(page: Page[R], piece: Page[R], origin: Origin) -> Page[R]:
    """One page of both; `piece` is further in the direction of reading."""
    if origin.is_backward:
        cursor, rows = {"previous_cursor": piece.previous_cursor}, (*piece.data, *page.data)
    else:
        cursor, rows = {"next_cursor": piece.next_cursor}, (*page.data, *piece.data)
    return page.model_copy(update={**cursor, "data": rows})


def _onward(page: Page[Any], origin: Origin) -> str | None:
    return page.previous_cursor if origin.is_backward else page.next_cursor
