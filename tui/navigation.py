"""The screens, and the ways to open one thing: by its row, its id, a key's prefix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from textual.app import App
from textual.screen import ModalScreen

from tui.context import AppContext
from tui.http.errors import Trouble
from tui.lists.listing import Listing
from tui.lists.schemas import ApiKey, AuditEvent, Row, Session, User
from tui.screens.details import EventView, KeyView, SessionView, UserView
from tui.screens.sign_in import SignIn
from tui.screens.view import View
from tui.screens.views import VIEWS
from tui.widgets.live import Live

# So many places are remembered to go back to.
MOST_PLACES = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is: one of the views, and what was opened from there, row by row."""

    mode: str
    ids: tuple[str, ...]
    rows: tuple[Row, ...] = field(compare=False)


class History:
    """The places where one was, and at which of them one is."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._at = -1

    def note(self, place: Place) -> None:
        """One is here; what was ahead is forgotten, unless one has been led here."""
        if self._places and self._places[self._at] == place:
            return
        self._places = [*self._places[: self._at + 1], place][-MOST_PLACES:]
        self._at = len(self._places) - 1

    def step(self, by: int) -> Place | None:
        """The place that lies so many steps ahead, or back; None where there is none."""
        if not 0 <= self._at + by < len(self._places):
            return None
        self._at += by
        return self._places[self._at]


class Navigator:
    """Opens and leaves the screens of `app`, and goes back and forth between them."""

    def __init__(self, app: App[Any], context: AppContext) -> None:
        self._app = app
        self._context = context
        self._history = History()

    @property
    def is_signing_in(self) -> bool:
        """Whether somebody is to sign in before anything goes on."""
        return any(isinstance(screen, SignIn) for screen in self._app.screen_stack)

    @property
    def lives(self) -> Iterator[Live]:
        """Every part that is kept live, on screen or below it."""
        for screen in self._app.screen_stack:
            if isinstance(screen, View):
                yield from screen.lives

    def ask_for_sign_in(self, reason: str = "") -> None:
        """Show the way in; whoever comes in answers no question put to another."""
        self._close_dialogs()
        self._app.push_screen(SignIn(self._context, reason))

    def show_views(self) -> None:
        """Show the first view."""
        for mode, view in VIEWS.items():
            self._app.add_mode(mode, partial(view, self._context))
        self._app.switch_mode(next(iter(VIEWS)))

    def return_from_sign_in(self) -> None:
        """Show what was there before the sign-in."""
        self._close_dialogs()
        self._app.pop_screen()

    def _close_dialogs(self) -> None:
        while isinstance(self._app.screen, ModalScreen):
            self._app.screen.dismiss(None)

    def show(self, mode: str) -> None:
        """Show the view of that name; a dialog or the sign-in stays in front."""
        if isinstance(self._app.screen, View):
            self._app.switch_mode(mode)

    def open_row(self, row: Row) -> None:
        """Show one row with all that is known of it."""
        if not self.is_signing_in:
            view = _view_of(row, self._context)
            view.opened = row
            self._app.push_screen(view)

    def note_place(self) -> None:
        """Remember what is in front, to go back to it."""
        rows = self._opened
        self._history.note(Place(self._app.current_mode, tuple(row.id for row in rows), rows))

    @property
    def _opened(self) -> tuple[Row, ...]:
        views = (screen for screen in self._app.screen_stack if isinstance(screen, View))
        return tuple(view.opened for view in views if view.opened is not None)

    def go(self, by: int) -> None:
        """Show the place that is so many steps ahead of this one, or back."""
        place = self._history.step(by)
        if place is None:
            self._context.say("this is the first place" if by < 0 else "this is the last place")
            return
        self._app.switch_mode(place.mode)
        while tuple(row.id for row in self._opened) != place.ids[: len(self._opened)]:
            self._app.pop_screen()
        for row in place.rows[len(self._opened) :]:
            self.open_row(row)

    async def open_by_name(self, listing: Listing[Any], name: str) -> None:
        """Show the row of that id, key's prefix or user's address; where there is none, say so."""
        try:
            row = await self._context.client.named(listing.row, listing.path, name)
        except Trouble as trouble:
            self._context.say_trouble(trouble, listing.title)
        else:
            self.open_row(row)


def _view_of(row: Row, context: AppContext) -> View:
    """The view that a row opens.

    Raises:
        TypeError: it is a row of no list.
    """
    match row:
        case User():
            return UserView(context, row.id, row.email)
        case ApiKey():
            return KeyView(context, row)
        case Session():
            return SessionView(context, row)
        case AuditEvent():
            return EventView(context, row)
    raise TypeError(type(row).__name__)
