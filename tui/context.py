"""Owns what every part may ask the application for, and what the application finds around it.

The application alone implements `AppContext`; a part is handed it, and knows nothing else of the application.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from tui.http.client import Client
from tui.http.errors import Trouble
from tui.lists.listing import Listing
from tui.lists.schemas import ApiKey, Session, User
from tui.session.login import Entered
from tui.session.target import Target
from tui.session.token_store import TokenStore

Connect = Callable[[str], Client]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the dashboard finds around it: how to reach servers, and where to keep things."""

    connect: Connect
    tokens: Path
    preferences: Path
    exports: Path

    def token_store(self, target: Target) -> TokenStore:
        """Where the tokens of a target are kept."""
        return TokenStore(self.tokens, target.url, target.context or None)


class AppContext(Protocol):
    """The application, as its parts see it."""

    client: Client
    target: Target
    token_store: TokenStore
    entered: Entered | None
    happened: int
    """How much the server has told; what has seen less has something to catch up with."""

    @property
    def is_paused(self) -> bool:
        """Whether the feed is held back."""

    def now(self) -> datetime:
        """The clock of the screen: the server's, where ours differs."""

    def hidden_columns(self, listing: str) -> frozenset[str]:
        """Titles of the columns of the list of that name that are not to be seen."""

    def say(self, words: str, *, is_bad: bool = False, title: str = "") -> None:
        """A toast."""

    def carry(self, name: str, text: str) -> None:
        """Copy a text, as it was written, by way of the terminal."""

    def show_standing(self) -> None:
        """Bring the header up to date."""

    def move_to(self, url: str) -> bool:
        """Ask another server from now on; tells whether it is another."""

    def let_in(self, entered: Entered) -> None:
        """Show the views."""

    def lose_sign_in(self, trouble: Trouble) -> None:
        """The server does not know us any more."""

    def open_row(self, row: Any) -> None:
        """Show one row with all that is known of it."""

    def open_user(self, user_id: str) -> None:
        """Show a user."""

    def revoke_keys(self, keys: Sequence[ApiKey]) -> None:
        """Revoke keys, once an operator has said yes."""

    def end_sessions(self, sessions: Sequence[Session]) -> None:
        """End sessions, once an operator has said yes."""

    def log_out_users(self, users: Sequence[User]) -> None:
        """End every session of users, once an operator has said yes."""

    def force_logout(self, user_id: str) -> None:
        """End every session of a user, once an operator has said yes."""

    def disable_users(self, users: Sequence[User]) -> None:
        """Shut users out, once an operator has said yes."""

    def enable_users(self, users: Sequence[User]) -> None:
        """Let users in again, once an operator has said yes."""

    def ask_for_roles(self, user: User) -> None:
        """Give a user other roles."""

    def ask_for_unlinking(self, user_id: str) -> None:
        """Take one of a user's identities away."""

    def ask_for_user(self) -> None:
        """Create a user."""

    def ask_for_export(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        """Write a list into a file."""
