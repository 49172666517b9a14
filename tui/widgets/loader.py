"""Owns how the rows of one list are asked for: pages of it, and single rows anew.

A worker asks the server and a message brings the answer, or why there is none. Knows nothing of what
is shown, nor of when something is to be asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from textual import work
from textual.message import Message

from tui.context import AppContext
from tui.http.errors import Missing, Trouble
from tui.http.paging import Cursors
from tui.lists.listing import Listing
from tui.lists.page_buffer import PAGE_ROWS, Origin
from tui.lists.schemas import Page, Row
from tui.widgets.live_widget import LiveWidget

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


@dataclass(frozen=True, slots=True, eq=False)
class Fetch:
    """Pages that are being asked for; `place` is where they belong.

    With a list that is loaded anew the cursor goes to the row of `returns_to`, where it is there.
    """

    place: str
    query: Query
    began: float
    returns_to: str | None = None


class Loader(LiveWidget, Generic[R]):
    """Asks for rows of `listing`; who derives from this says what is asked."""

    listing: ClassVar[Listing[Any]]

    class Arrived(Message):
        """Pages came within so many seconds, for what was asked; `place` is where they belong."""

        def __init__(self, pages: Sequence[Loaded], fetch: Fetch, place: str) -> None:
            super().__init__()
            self.pages, self.fetch, self.place = pages, fetch, place
            self.seconds = time.monotonic() - fetch.began

    class Renewed(Message):
        """One row came anew; None when it is no longer there."""

        def __init__(self, row_id: str, row: Row | None) -> None:
            super().__init__()
            self.row_id, self.row = row_id, row

    class Failed(Message):
        """Nothing came, and why: neither the pages of a `fetch`, nor these rows."""

        def __init__(
            self, trouble: Trouble, *, fetch: Fetch | None = None, row_ids: Sequence[str] = ()
        ) -> None:
            super().__init__()
            self.trouble, self.fetch, self.row_ids = trouble, fetch, row_ids
            self.place = "" if fetch is None else fetch.place

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._fetching: Fetch | None = None
        self._newest: Fetch | None = None
        """What was asked for last; only that is shown."""

    @property
    def asked(self) -> Query:
        """The query in force."""
        raise NotImplementedError

    def _fetch(
        self, place: str, origin: Origin, count: int, *, returns_to: str | None = None
    ) -> None:
        """Ask for pages; what was being asked for is given up."""
        self._fetching = self._newest = Fetch(place, self.asked, time.monotonic(), returns_to)
        self._carry_out(self._fetching, origin, count)

    @work(exclusive=True, group="page")
    async def _carry_out(self, fetch: Fetch, origin: Origin, count: int) -> None:
        place = fetch.place

        def show(part: Page[R]) -> None:
            """A new list is seen as soon as it has rows; it is whole a little later."""
            nonlocal place
            if place == "anew":
                self.post_message(self.Arrived([(part, origin)], fetch, place))
                place = "again"

        try:
            pages = await self._loaded(fetch.query, origin, count, show)
        except Trouble as trouble:
            self.post_message(self.Failed(trouble, fetch=fetch))
        else:
            self.post_message(self.Arrived(pages, fetch, place))
        finally:
            # It may be another's by now.
            if self._fetching is fetch:
                self._fetching = None

    async def _loaded(
        self, query: Query, origin: Origin, count: int, show: Callable[[Page[R]], None]
    ) -> list[Loaded]:
        """That many rows from there on; a page before something is followed by the rest."""
        first = PAGE_ROWS if origin.is_backward else count
        page = await self._page(query, origin, first, show)
        pages: list[Loaded] = [(page, origin)]
        if count > first and page.next_cursor is not None:
            onward = Origin(page.next_cursor)
            pages.append((await self._page(query, onward, count - first), onward))
        return pages

    async def _page(
        self,
        query: Query,
        origin: Origin,
        count: int,
        show: Callable[[Page[R]], None] | None = None,
    ) -> Page[R]:
        """A page from there on, whole; `show` is told of what there is before it is.

        A search that takes long is answered in pieces, of which some are empty.
        """
        page = piece = await self._piece(query, origin.cursor, count)
        cursors = Cursors(self.listing.path)
        while len(page.data) < count and (
            onward := cursors.follow(_onward(page, origin), is_empty=not piece.data)
        ):
            if page.data and show is not None:
                show(page)
            piece = await self._piece(query, onward, count - len(page.data))
            page = _joined(page, piece, origin)
        return page

    async def _piece(self, query: Query, cursor: str | None, count: int) -> Page[R]:
        where = {"limit": str(count), **({"cursor": cursor} if cursor else {})}
        page: Page[R] = await self.context.client.page(
            self.listing.row, self.listing.path, {**query.as_parameters, **where}
        )
        return page

    @work(group="rows")
    async def _fetch_rows(self, row_ids: tuple[str, ...]) -> None:
        for row_id in row_ids:
            try:
                row = await self.context.client.one(self.listing.row, self.listing.path, row_id)
            except Missing:
                self.post_message(self.Renewed(row_id, None))
            except Trouble as trouble:
                left = row_ids[row_ids.index(row_id) :]
                self.post_message(self.Failed(trouble, row_ids=left))
                return
            else:
                self.post_message(self.Renewed(row_id, row))


def _joined(page: Page[R], piece: Page[R], origin: Origin) -> Page[R]:
    """One page of both; `piece` is further in the direction of reading."""
    if origin.is_backward:
        cursor, rows = {"previous_cursor": piece.previous_cursor}, (*piece.data, *page.data)
    else:
        cursor, rows = {"next_cursor": piece.next_cursor}, (*page.data, *piece.data)
    return page.model_copy(update={**cursor, "data": rows})


def _onward(page: Page[Any], origin: Origin) -> str | None:
    return page.previous_cursor if origin.is_backward else page.next_cursor
