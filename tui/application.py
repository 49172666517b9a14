"""Owns what every part of the application may ask it for: the server, who we are there, what is allowed.

What can be done from here is in the classes that derive from it. Knows nothing of single views.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from textual.app import App
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.cli.terminal_detection import has_no_color
from tui.context import Surroundings
from tui.http.errors import NotSignedIn, Trouble
from tui.http.feed import Event
from tui.screens.view import View
from tui.session.login import Entered
from tui.session.target import Target
from tui.text import plain, raw
from tui.widgets.live import Live

A = TypeVar("A")

NEWS_SECONDS = 4
# Refusals are read, and sometimes copied.
BAD_NEWS_SECONDS = 8


class Application(App[int]):
    """The application, as its parts see it."""

    is_armed = reactive(default=False, bindings=True)
    is_paused = reactive(default=False)
    under_way: reactive[str] = reactive("")
    """All that is under way, in words; empty when nothing is."""

    def __init__(self, target: Target, surroundings: Surroundings) -> None:
        # Without colour focus is drawn by reversed letters, as it is in the terminal's own sixteen.
        super().__init__(ansi_color=has_no_color() or None)
        self.target = target
        self.surroundings = surroundings
        self.client = surroundings.connect(target.url)
        self.token_store = surroundings.token_store(target)
        self.entered: Entered | None = None
        self._doings: dict[object, str] = {}
        self._is_asking = False
        self.happened = 0
        """How much the server has told; what has seen less has something to catch up with."""

    @property
    def myself(self) -> str:
        """Our own id at the server."""
        return self.entered.me.id if self.entered is not None else ""

    def now(self) -> datetime:
        """The clock of the screen: the server's, where ours differs."""
        return self.client.clock.now()

    # Those who are told

    @property
    def lives(self) -> Iterator[Live]:
        """Whatever is on screen, or below it, and is to be kept live."""
        for screen in self.screen_stack:
            if isinstance(screen, View):
                yield from screen.lives

    def publish(self, events: Iterable[Event]) -> None:
        """Hand these events to everything that is on screen."""
        for event in events:
            self.happened += 1
            for live in self.lives:
                live.handle(event)
                live.seen = self.happened

    # What every view may ask for

    async def answer_to(self, question: ModalScreen[A]) -> A | None:
        """What is answered to a dialog.

        None where it cannot be put: nobody is signed in, or another is open. Keys that come all at
        once ask for several, and only one of them would be seen.
        """
        if self._is_asking or self.is_signing_in:
            return None
        self._is_asking = True
        try:
            answer: A = await self.push_screen_wait(question)
        finally:
            self._is_asking = False
        return answer

    @contextmanager
    def doing(self, words: str) -> Iterator[Callable[[str], None]]:
        """Inside the block this is under way; yields what says how far it is."""
        task = object()

        def say(words: str) -> None:
            self._doings[task] = words
            self.under_way = "  ·  ".join(self._doings.values())

        say(words)
        try:
            yield say
        finally:
            del self._doings[task]
            self.under_way = "  ·  ".join(self._doings.values())

    def carry(self, name: str, text: str) -> None:
        """Copy a text, as it was written, by way of the terminal (OSC 52), which works over SSH."""
        if text:
            self.copy_to_clipboard(raw(text))
            self.say(f"copied the {name}: {plain(text)}")

    def say(self, words: str, *, is_bad: bool = False, title: str = "") -> None:
        """A toast."""
        severity: SeverityLevel = "error" if is_bad else "information"
        timeout = BAD_NEWS_SECONDS if is_bad else NEWS_SECONDS
        self.notify(words, title=title, severity=severity, markup=False, timeout=timeout)

    def say_trouble(self, trouble: Trouble, title: str) -> None:
        """A refusal, in the server's words; one that ends the sign-in does."""
        self.say(trouble.words, is_bad=True, title=title)
        if isinstance(trouble, NotSignedIn):
            self.lose_sign_in(trouble)

    @property
    def may_act(self) -> bool:
        """Whether anything may be changed from here; where not, it says how to."""
        if self.target.lock:
            self.say(f"read-only: {self.target.lock}", is_bad=True)
        elif not self.is_armed:
            self.say("read-only: press R to arm, then do it again", is_bad=True)
        return self.is_armed and not self.target.lock

    def watch_under_way(self, task: str) -> None:
        self.show_task(task)

    def show_task(self, task: str) -> None:
        """Say below the view what is under way."""
        for screen in self.screen_stack:
            for line in screen.query("#task").results(Static):
                if str(line.content) != task:
                    line.update(task)
                line.display = bool(task)

    def lose_sign_in(self, trouble: Trouble) -> None:
        """The server does not know us any more."""
        raise NotImplementedError

    @property
    def is_signing_in(self) -> bool:
        """Whether somebody is to sign in before anything goes on."""
        raise NotImplementedError

    def show_standing(self) -> None:
        """Bring the header up to date."""
        raise NotImplementedError

    def open_row(self, row: Any) -> None:
        """Show one row with all that is known of it."""
        raise NotImplementedError
