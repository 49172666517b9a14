"""The walk from page to page: it ends, whatever the server answers.

Knows nothing of rows.
"""

from __future__ import annotations

from tui.http.errors import NotOurServer

# A search that takes long is answered in pieces of seconds each, of which some are empty.
MAX_EMPTY_PAGES = 1_000


class Cursors:
    """The cursors of one walk through the list at `path`, each of which is followed once."""

    def __init__(self, path: str) -> None:
        self._path = path
        # Their hashes: a list of millions has tens of thousands of cursors.
        self._followed: set[int] = set()
        self._empty_pages = 0

    def follow(self, cursor: str | None, *, is_empty: bool) -> str | None:
        """The cursor of the next page; `is_empty` says so of the page that named it.

        Raises:
            NotOurServer: the list goes round in a circle, or on without rows.
        """
        self._empty_pages = self._empty_pages + 1 if is_empty else 0
        if cursor is not None and hash(cursor) in self._followed:
            raise NotOurServer(f"GET {self._path}: the server repeats a page without an end")
        if cursor is not None and self._empty_pages > MAX_EMPTY_PAGES:
            raise NotOurServer(
                f"GET {self._path}: {MAX_EMPTY_PAGES:,} pages without a row, and no end"
            )
        self._followed.add(hash(cursor))
        return cursor
