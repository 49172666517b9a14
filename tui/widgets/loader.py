"""Owns how the rows of one list are asked for: pages of it, and single rows anew.

A worker asks the server and a message brings the answer, or why there is none. Knows nothing of what
is shown, nor of when something is to be asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual import work
from textual.message import Message

from tui.errors import Missing, Trouble
from tui.listings.listing import Listing
from tui.rows import Page, Row
from tui.widgets.live import Live
from tui.window import PAGE_ROWS, Origin

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the server, apart from where in the list."""

    parameters: Mapping[str, str]
    sort: str

    @property
    def as_parameters(self) -> dict[str, str]:
        return {**self.parameters, "sort": self.sort}


Loaded = tuple[Page[Any], Origin]


class Loader(Live, Generic[R]):
    """Asks for rows of `listing`; who derives from this says what is asked."""

    listing: ClassVar[Listing[Any]]

    class Arrived(Message):
        """Pages came, for the query that was asked; `place` is where they belong."""

        def __init__(self, pages: Sequence[Loaded], query: Query, place: str) -> None:
            super().__init__()
            self.pages, self.query, self.place = pages, query, place

    class Renewed(Message):
        """One row came anew; None when it is no longer there."""

        def __init__(self, row_id: str, row: Row | None) -> None:
            super().__init__()
            self.row_id, self.row = row_id, row

    class Failed(Message):
        """Nothing came, and why."""

        def __init__(self, trouble: Trouble) -> None:
            super().__init__()
            self.trouble = trouble

    def __init__(self) -> None:
        super().__init__()
        self._fetching: str | None = None

    @property
    def asked(self) -> Query:
        """The query in force."""
        raise NotImplementedError

    @work(exclusive=True, group="page")
    async def _fetch(self, place: str, origin: Origin, count: int) -> None:
        query = self.asked
        self._fetching = place
        try:
            pages = await self._loaded(query, origin, count)
        except Trouble as trouble:
            self.post_message(self.Failed(trouble))
        else:
            self.post_message(self.Arrived(pages, query, place))
        finally:
            self._fetching = None

    async def _loaded(self, query: Query, origin: Origin, count: int) -> list[Loaded]:
        """That many rows from there on; a page before something is followed by the rest."""
        first = PAGE_ROWS if origin.is_backward else count
        page = await self._page(query, origin, first)
        pages: list[Loaded] = [(page, origin)]
        if count > first and page.next_cursor is not None:
            onward = Origin(page.next_cursor)
            pages.append((await self._page(query, onward, count - first), onward))
        return pages

    async def _page(self, query: Query, origin: Origin, count: int) -> Page[R]:
        """A page from there on, the first that holds something.

        A search that takes long is answered in pieces, of which some are empty.
        """
        first = page = await self._piece(query, origin.cursor, count)
        while not page.data and (onward := _onward(page, origin)) is not None:
            page = await self._piece(query, onward, count)
        behind = "next_cursor" if origin.is_backward else "previous_cursor"
        return page.model_copy(update={behind: getattr(first, behind)})

    async def _piece(self, query: Query, cursor: str | None, count: int) -> Page[R]:
        where = {"limit": str(count), **({"cursor": cursor} if cursor else {})}
        page: Page[R] = await self.dashboard.client.page(
            self.listing.row, self.listing.path, {**query.as_parameters, **where}
        )
        return page

    @work(group="rows")
    async def _fetch_rows(self, row_ids: tuple[str, ...]) -> None:
        for row_id in row_ids:
            try:
                row = await self.dashboard.client.one(self.listing.row, self.listing.path, row_id)
            except Missing:
                self.post_message(self.Renewed(row_id, None))
            except Trouble as trouble:
                self.post_message(self.Failed(trouble))
                return
            else:
                self.post_message(self.Renewed(row_id, row))


def _onward(page: Page[Any], origin: Origin) -> str | None:
    return page.previous_cursor if origin.is_backward else page.next_cursor
