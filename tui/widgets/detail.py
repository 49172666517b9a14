"""The facts of one row, kept live: loaded by its id, changed as the feed tells.

Knows nothing of what may be done with the row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widgets import Static

from tui.context import AppContext
from tui.http.errors import Missing, NotSignedIn, Trouble
from tui.http.feed import Event
from tui.lists.detail_fields import Fact
from tui.lists.listing import Listing
from tui.lists.schemas import Row
from tui.widgets.facts import Facts
from tui.widgets.panes import used
from tui.widgets.polled_widget import PolledWidget

R = TypeVar("R", bound=Row)


class Detail(PolledWidget[R]):
    """All that is known of one row."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy_id", "Copy id", show=False, id="list.copy_id"),
        Binding(
            "Y",
            "copy_second",
            "Copy e-mail, prefix or request id",
            show=False,
            id="list.copy_second",
        ),
        Binding("f5,ctrl+r", "reload", "Load and draw anew", show=False, id="list.reload"),
    ]

    row: reactive[Any] = reactive(None)

    def __init__(
        self,
        context: AppContext,
        listing: Listing[R],
        row_id: str,
        *,
        facts: Callable[[R, datetime], Sequence[Fact]],
        is_wide: bool = False,
    ) -> None:
        super().__init__(context)
        self.listing = listing
        self.row_id = row_id
        self._facts = facts
        self._shown = Facts(is_wide=is_wide)
        self._status = Static(classes="status", markup=False)
        self.is_gone = False
        # Beside lists the keys are theirs.
        self.can_focus = is_wide

    def compose(self) -> ComposeResult:
        """The facts and the status line."""
        yield self._shown
        yield self._status

    def on_mount(self) -> None:
        """Reads the row."""
        self.reload()

    def action_operate(self, name: str) -> None:
        """Ask for the operation of that name on the row, unless it is not loaded or is gone."""
        rows = () if self.row is None or self.is_gone else (self.row,)
        self.context.operate(name, rows)

    def action_copy_id(self) -> None:
        """Copies the id."""
        self.context.copy("id", self.row_id)

    def action_copy_second(self) -> None:
        """Copies the second value of the listing, such as the address."""
        name, text = self.listing.second
        if self.row is not None:
            self.context.copy(name, text(self.row))

    def action_reload(self) -> None:
        """Reads the row again and draws the screen again."""
        self.reload()
        self.app.refresh(layout=True)

    async def ask(self) -> R:
        """Reads the row."""
        row: R = await self.context.client.one(self.listing.row, self.listing.path, self.row_id)
        return row

    def take(self, value: R) -> None:
        """Draws the row."""
        self.is_gone = False
        self._say("")
        self.row = value

    def miss(self, trouble: Trouble) -> None:
        """Shows the trouble, or that the row is gone."""
        if isinstance(trouble, Missing):
            self.lose()
        elif not isinstance(trouble, NotSignedIn):
            self._say(f"! {trouble.words}")

    def lose(self) -> None:
        """It is no longer there; what was known of it stays on screen."""
        self.is_gone = True
        self.give_up()
        self._say("✗ this is no longer there")

    def handle(self, event: Event) -> None:
        """Updates the row by an event about it, or reads it again."""
        if event.id != self.row_id:
            if event.name == "reset" or event.data.get("user_id") == self.row_id:
                self.schedule_refresh()
            return
        match event.name:
            case "key_used" if self.row is not None:
                self.row = self.row.model_copy(update=used(event.data))
            case "key_revoked" | "session_ended":
                self.lose()
            case "user_changed" if event.data.get("change") == "deleted":
                self.lose()
            case "user_changed" | "key_changed":
                self.schedule_refresh()

    def tick(self, now: datetime) -> None:
        """Draws the ages again."""
        super().tick(now)
        self._show(now)

    def _show(self, now: datetime) -> None:
        if self.row is not None:
            self._shown.show(self._facts(self.row, now))

    def watch_row(self) -> None:
        """Draws the row."""
        self._show(self.context.now())

    def show_again(self) -> None:
        """The facts have changed although the row has not."""
        self.watch_row()

    def _say(self, words: str) -> None:
        self._status.update(words)
        self._status.display = bool(words)
