"""Owns the ways into one thing: by its row, by its id, by a key's prefix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual import work

from tui.application import Application
from tui.context import AppContext
from tui.http.errors import Missing, Trouble
from tui.lists.api_keys import API_KEYS
from tui.lists.audit import AUDIT
from tui.lists.listing import Listing
from tui.lists.schemas import ApiKey, AuditEvent, Row, Session, User
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS
from tui.screens.details import EventView, KeyView, SessionView, UserView
from tui.screens.view import View

R = TypeVar("R", bound=Row)


class Navigation(Application):
    """Opens views of single things."""

    def open_row(self, row: Any) -> None:
        if not self.is_signing_in:
            self.push_screen(view_of(row, self))  # type: ignore[arg-type]  # no mix-in is a context

    def open_user(self, user_id: str) -> None:
        self._open(USERS, user_id)

    def open_key(self, key_id: str) -> None:
        self._open(API_KEYS, key_id)

    def open_session(self, session_id: str) -> None:
        self._open(SESSIONS, session_id)

    def open_event(self, event_id: str) -> None:
        self._open(AUDIT, event_id)

    @work(exclusive=True, group="open")
    async def open_by_address(self, address: str) -> None:
        try:
            user_id = await self.client.user_id_of(address)
            user = await self.client.one(User, USERS.path, user_id)
        except Trouble as trouble:
            self.say_trouble(trouble, USERS.title)
        else:
            self.open_row(user)

    def open_by_prefix(self, prefix: str) -> None:
        self._with_key_of(prefix, self.open_row)

    @work(exclusive=True, group="open")
    async def _open(self, listing: Listing[Any], row_id: str) -> None:
        row = await self.row_of(listing, row_id)
        if row is not None:
            self.open_row(row)

    @work(exclusive=True, group="open")
    async def _with_key_of(self, prefix: str, act: Callable[[ApiKey], None]) -> None:
        key = await self.key_of(prefix)
        if key is not None:
            act(key)

    async def row_of(self, listing: Listing[R], row_id: str) -> R | None:
        """The row of that id; where there is none, it is said."""
        try:
            return await self.client.one(listing.row, listing.path, row_id)
        except Missing as missing:
            self.say(f"{row_id}: {missing.words}", is_bad=True, title=listing.title)
        except Trouble as trouble:
            self.say_trouble(trouble, listing.title)
        return None

    async def key_of(self, prefix: str) -> ApiKey | None:
        """The one key that begins like this; where there is none, or more than one, it is said."""
        found = self.client.every(ApiKey, API_KEYS.path, {"q": prefix})
        try:
            keys = [key async for key in found if key.key_prefix.startswith(prefix)]
        except Trouble as trouble:
            self.say_trouble(trouble, API_KEYS.title)
            return None
        if len(keys) == 1:
            return keys[0]
        self.say(f"{len(keys) or 'no'} keys begin with {prefix}", is_bad=True)
        return None


def view_of(row: Row, context: AppContext) -> View:
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
