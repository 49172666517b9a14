"""Owns one answer of the server that is kept live: asked for, and asked for again when it is due.

Never before the last answer is here: over a slow line none would ever come.
"""

from __future__ import annotations

import math
import time
from datetime import datetime
from typing import Generic, TypeVar

from textual import on, work
from textual.message import Message

from tui.context import AppContext
from tui.http.errors import NotSignedIn, Trouble
from tui.widgets.live_widget import LiveWidget

V = TypeVar("V")

# However much happens, it is asked for at most so often.
FRESH_SECONDS = 1.0


class PolledWidget(LiveWidget, Generic[V]):
    """A part of a screen that shows what the server answers to one question."""

    class Came(Message):
        """The answer is here."""

        def __init__(self, value: object) -> None:
            super().__init__()
            self.value = value

    class Failed(Message):
        """No answer came, and why."""

        def __init__(self, trouble: Trouble) -> None:
            super().__init__()
            self.trouble = trouble

    def __init__(self, context: AppContext) -> None:
        super().__init__(context)
        self._is_due = False
        self._question: object | None = None
        self._asked_at = -math.inf

    # What derives from this says

    async def ask(self) -> V:
        """Ask; raises Trouble."""
        raise NotImplementedError

    def take(self, value: V) -> None:
        """Show the answer."""
        raise NotImplementedError

    def miss(self, trouble: Trouble) -> None:
        """Say why there is none."""
        raise NotImplementedError

    # Asking

    def reload(self) -> None:
        self.seen = self.context.happened
        self._load()

    def schedule_refresh(self) -> None:
        """The answer may be another by now: ask again, soon and not too often."""
        self._is_due = True
        if time.monotonic() - self._asked_at > FRESH_SECONDS:
            self._load_if_due()

    def _load_if_due(self) -> None:
        if self._is_due and self._question is None and not self.context.is_paused:
            self.reload()

    def forget_the_question(self) -> None:
        """What is being asked for is out of date before it comes."""
        self._question = None

    def tick(self, now: datetime) -> None:  # noqa: ARG002  (who derives from this needs it)
        self._load_if_due()

    @work(exclusive=True)
    async def _load(self) -> None:
        self._is_due = False
        self._asked_at = time.monotonic()
        question = self._question = object()
        try:
            value = await self.ask()
        except Trouble as trouble:
            self.post_message(self.Failed(trouble))
        else:
            if self._question is question:
                self.post_message(self.Came(value))
        finally:
            # It may be another's by now.
            if self._question is question:
                self._question = None

    @on(Came)
    def _came(self, event: Came) -> None:
        self.take(event.value)  # type: ignore[arg-type]

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        event.stop()
        if isinstance(event.trouble, NotSignedIn):
            self.context.lose_sign_in(event.trouble)
        self.miss(event.trouble)
