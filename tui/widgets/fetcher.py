"""The requests of a part of a screen: one at a time, and again when one is due.

An answer is taken over where it comes, so that no other question fits in between. Knows nothing of what
is asked, nor of what is shown.
"""

from __future__ import annotations

import math
import time
from collections.abc import AsyncIterator, Callable
from typing import Generic, TypeVar

from textual.timer import Timer
from textual.widget import Widget

from tui.context import AppContext
from tui.http.errors import NotSignedIn, Trouble

V = TypeVar("V")

# However much happens, the server is asked at most so often.
FRESH_SECONDS = 1.0
# A row that comes to the head by being used is looked for sooner: a use is seen within a second, and
# the server takes more than half of that to tell.
URGENT_SECONDS = 0.3
# What takes long to load is loaded anew only after so many times what it took.
SLOW_SECONDS, REST = 0.5, 3.0
# What could not be loaded is tried again after so long.
AGAIN_SECONDS = 5.0


class Fetcher(Generic[V]):
    """Asks for `owner`; calls `refresh` when something is due and may be asked for."""

    def __init__(self, owner: Widget, context: AppContext, refresh: Callable[[], None]) -> None:
        self._owner, self._context, self._refresh = owner, context, refresh
        self._question: object | None = None
        self._answered_at = self._rests_until = -math.inf
        # How old the last answer must be before the next question, in seconds.
        self._due_after = math.inf
        self._timer: Timer | None = None

    @property
    def is_asking(self) -> bool:
        """Whether an answer is on its way."""
        return self._question is not None

    @property
    def is_resting(self) -> bool:
        """Whether the server is left alone: it was slow, or did not answer."""
        return time.monotonic() < self._rests_until

    def ask(
        self,
        answers: Callable[[], AsyncIterator[V]],
        take: Callable[[V], None],
        miss: Callable[[Trouble], None],
    ) -> None:
        """Ask: `take` is given each answer, `miss` why there is none. An open question is given up."""
        question = self._question = object()
        self._owner.run_worker(
            self._ask(question, answers, take, miss), group=f"question {id(self)}", exclusive=True
        )

    async def _ask(
        self,
        question: object,
        answers: Callable[[], AsyncIterator[V]],
        take: Callable[[V], None],
        miss: Callable[[Trouble], None],
    ) -> None:
        began = time.monotonic()
        try:
            async for answer in answers():
                if self._question is not question:
                    return
                self._note(time.monotonic() - began)
                take(answer)
        except Trouble as trouble:
            if self._question is question:
                self._question = None
                miss(trouble)
                if isinstance(trouble, NotSignedIn):
                    self._context.lose_sign_in(trouble)
        finally:
            # It may be another's by now.
            if self._question is question:
                self._question = None
        self.look()

    def _note(self, seconds: float) -> None:
        self._answered_at = self._rests_until = time.monotonic()
        if seconds > SLOW_SECONDS:
            self._rests_until += REST * seconds

    def give_up(self) -> None:
        """Take over no answer to what was asked."""
        self._question = None
        self._due_after = math.inf

    def schedule(self, *, is_urgent: bool = False) -> None:
        """Have `refresh` called soon, and not too often."""
        self._due_after = min(self._due_after, URGENT_SECONDS if is_urgent else FRESH_SECONDS)
        self.look()

    def try_again(self) -> None:
        """Have `refresh` called after a while: the server did not answer."""
        self._rests_until = time.monotonic() + AGAIN_SECONDS
        self.schedule()

    def look(self) -> None:
        """Call `refresh` if it is due now; where it will be, come back then."""
        if self._due_after == math.inf or self.is_asking or not self._owner.is_running:
            return
        ready_at = max(self._rests_until, self._answered_at + self._due_after)
        if (seconds := ready_at - time.monotonic()) > 0:
            if self._timer is not None:
                self._timer.stop()
            self._timer = self._owner.set_timer(seconds, self.look)
        elif self._may_ask:
            self._due_after = math.inf
            self._refresh()

    @property
    def _may_ask(self) -> bool:
        """Whether the picture is not held, and the screen is one of those that are open."""
        is_open = self._owner.screen in self._owner.app.screen_stack
        return is_open and not self._context.is_paused
