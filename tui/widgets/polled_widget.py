"""A widget with one answer of the server, which is requested again when it is due."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from textual.message import Message
from textual.widget import Widget

from tui.context import AppContext
from tui.http.errors import Trouble
from tui.http.feed import Event
from tui.widgets.fetcher import Fetcher
from tui.widgets.live import LIVE

V = TypeVar("V")


class PolledWidget(Widget, Generic[V]):
    """A part of a screen that shows the server's answer to one question."""

    class Came(Message):
        """The answer is here."""

    def __init__(self, context: AppContext) -> None:
        super().__init__(classes=LIVE)
        self.context = context
        self.seen = 0
        self._fetcher: Fetcher[V] = Fetcher(self, context, self.reload)

    # What derives from this says

    async def ask(self) -> V:
        """Ask the server.

        Raises:
            Trouble: there is no answer.
        """
        raise NotImplementedError

    def take(self, value: V) -> None:
        """Show the answer."""
        raise NotImplementedError

    def miss(self, trouble: Trouble) -> None:
        """Say why there is none."""
        raise NotImplementedError

    def handle(self, event: Event) -> None:
        """Take over what happened at the server."""
        raise NotImplementedError

    # Asking

    def reload(self) -> None:
        """Ask now; an answer that is on its way is given up."""
        self.seen = self.context.happened
        self._fetcher.ask(self._answers, self._take, self.miss)

    async def _answers(self) -> AsyncIterator[V]:
        yield await self.ask()

    def _take(self, value: V) -> None:
        self.take(value)
        self.post_message(self.Came())

    def schedule_refresh(self) -> None:
        """Ask again, soon and not too often: the answer may be another by now."""
        self._fetcher.schedule()

    def give_up(self) -> None:
        """Take over no answer that is on its way: it is out of date before it comes."""
        self._fetcher.give_up()

    def tick(self, now: datetime) -> None:  # noqa: ARG002  (who derives from this needs it)
        """Let ages grow: a second has passed."""
        self._fetcher.look()

    def wake(self) -> None:
        """Ask, if something was missed while the screen was not on top."""
        if self.seen != self.context.happened:
            self.reload()

    def unmark(self, row_ids: Sequence[str]) -> None:
        """Nothing is marked here."""
