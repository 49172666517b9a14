"""Owns how the rows of one list follow what happens: which are due to be loaded anew, and when.

It is told by the feed, and by the clock each second. Knows nothing of filters and marks.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from tui.context import AppContext
from tui.http.feed import Event
from tui.lists.schemas import Row
from tui.widgets.window_pane import WindowPane

R = TypeVar("R", bound=Row)

# The head of a list is loaded anew at most this often, however much happens.
FRESH_SECONDS = 1.0
# A row that comes to the head by being used is looked for sooner: a use is seen within a second, and
# the server takes more than half of that to tell.
EXPECTED_SECONDS = 0.3


class FollowingPane(WindowPane[R]):
    """The window of a list, kept live."""

    def __init__(self, context: AppContext, fixed: Mapping[str, str] | None = None) -> None:
        super().__init__(context, fixed)
        self._is_look_due = False

    def wake(self) -> None:
        # What need not be loaded anew has grown older all the same.
        self.table.now = self.context.now()
        super().wake()

    def renew(self, row_id: str) -> None:
        """Something about this row has changed: load it anew, if it is here."""
        if self._pages.window.index_of(row_id) is not None:
            self._refresh_queue.renew(row_id)

    def schedule_refresh(self) -> None:
        """Rows may have come: load the head of the list anew, soon and not too often."""
        if not self._pages.window.begins_the_list:
            return
        self._refresh_queue.is_head = True
        if self.loaded_at is not None and time.monotonic() - self.loaded_at > FRESH_SECONDS:
            self._load_what_is_due()

    def concerns(self, user_id: object) -> bool:
        """Whether what is somebody's can be in this list, which may be one user's."""
        return self.fixed.get("user_id") in (None, user_id)

    def expect(self, row_id: str, at: datetime | None) -> None:
        """This row, used at that time, may belong here: look, but not again and again in vain.

        A dashboard that shows an API key uses it by looking, and would keep itself busy.
        """
        if self._pages.window.begins_the_list and self._refresh_queue.expect(row_id, at):
            self._look_for_the_expected()

    def _look_for_the_expected(self) -> None:
        age = time.monotonic() - self.loaded_at if self.loaded_at is not None else 0.0
        if age > EXPECTED_SECONDS:
            self._load_what_is_due()
        elif self.is_running and not self._is_look_due:
            self._is_look_due = True
            self.set_timer(EXPECTED_SECONDS - age, self._look_now)

    def _look_now(self) -> None:
        self._is_look_due = False
        self._load_what_is_due()

    def highlight(self, row_id: str) -> None:
        """The row is being used at this moment."""
        self._highlights.use(row_id)
        self.show_soon()

    def change(self, row_id: str, **changes: object) -> bool:
        """Change a row in its place; tells whether it is loaded."""
        if self._pages.window.index_of(row_id) is None:
            return False
        self._pages.change(lambda row: row.model_copy(update=changes) if row.id == row_id else row)
        self.show_soon()
        return True

    def move_to_top(self, row_id: str) -> None:
        """The row is before all others now, if the list begins here."""
        if self._pages.window.begins_the_list:
            self._pages.move_to_top(row_id)
            self.show_soon()

    def handle(self, event: Event) -> None:
        if event.name == "reset":
            self.reload()

    def tick(self, now: datetime) -> None:
        self.table.now = now
        self._forget_the_gone()
        self._load_what_is_due()
        self.redraw_highlights()
        self.say()

    def _load_what_is_due(self) -> None:
        if self.context.is_paused or self.screen not in self.app.screen_stack:
            return
        if time.monotonic() < self._rests_until:
            return
        if row_ids := self._refresh_queue.rows():
            self._fetch_rows(row_ids)
        if self._refresh_queue.is_head and self._fetching is None:
            self.reload()
