"""The parts of a list that are to be loaded again: its head, or single rows.

Knows nothing of how anything is loaded, nor of when.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

# So many rows are known to belong elsewhere; more are asked for once more.
ELSEWHERE = 5_000
# More rows than this are loaded anew with their page rather than one by one.
RENEWED_ONE_BY_ONE = 5


class RefreshQueue:
    """The pending requests of one list."""

    def __init__(self) -> None:
        self.is_head = False
        self._rows: set[str] = set()
        self._expected: dict[str, datetime | None] = {}
        self._sought: dict[str, datetime | None] = {}
        self._elsewhere: set[str] = set()

    def renew(self, row_id: str) -> None:
        """This row has changed."""
        self._rows.add(row_id)

    def doubt(self, row_id: str) -> None:
        """This row may belong here by now: look for it again once it is expected."""
        self._elsewhere.discard(row_id)

    def expect(self, row_id: str, at: datetime | None) -> bool:
        """This row may be at the head since then; tells whether there is any use in looking."""
        if row_id in self._elsewhere:
            return False
        self._expected[row_id] = at
        self.is_head = True
        return True

    def rows(self) -> tuple[str, ...]:
        """The rows to be loaded now, told once; where they are many, the head is due instead."""
        rows = tuple(self._rows)
        self._rows.clear()
        if len(rows) > RENEWED_ONE_BY_ONE:
            self.is_head = True
            return ()
        return rows

    def seek(self) -> None:
        """The head is being asked for: what is expected from now on may come too late for it."""
        self.is_head = False
        self._sought |= self._expected
        self._expected.clear()

    def found(self, here: Iterable[str], *, horizon: datetime | None, is_new: bool) -> None:
        """The head is here, back to a time; None: whole. Whoever should be in it belongs elsewhere.

        That is known as long as the query is this one: `is_new` says that it no longer is.
        """
        if is_new or len(self._elsewhere) > ELSEWHERE:
            self._elsewhere.clear()
        missed = {
            row_id
            for row_id, at in self._sought.items()
            if horizon is None or at is None or at > horizon
        }
        self._elsewhere = (self._elsewhere | missed) - set(here)
        self._sought.clear()
