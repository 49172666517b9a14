"""The interface of the application for its parts.

The application alone implements it; a part is handed it, and knows nothing else of the application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from tui.http.client import Client
from tui.http.errors import Trouble
from tui.http.feed import Event
from tui.lists.listing import Listing
from tui.lists.schemas import Row
from tui.session.login import Entered
from tui.session.session import OperatorSession


class AppContext(Protocol):
    """The application, as its parts see it."""

    session: OperatorSession
    happened: int
    """How many events there were; a part that has seen fewer has something to catch up with."""

    @property
    def client(self) -> Client:
        """The client of the server that is asked now."""

    @property
    def is_armed(self) -> bool:
        """Whether keys may change anything."""

    @property
    def is_paused(self) -> bool:
        """Whether the feed is held back."""

    def now(self) -> datetime:
        """The clock of the screen: the server's, where ours differs."""

    def hidden_columns(self, listing: str) -> frozenset[str]:
        """Titles of the columns of the list of that name that are not to be seen."""

    def key_of(self, binding_id: str) -> str:
        """The key in force for what the application binds under that id."""

    # Said to the operator

    def say(self, words: str, *, is_bad: bool = False, title: str = "") -> None:
        """Show a toast."""

    def say_trouble(self, trouble: Trouble, title: str) -> None:
        """Show a refusal in the server's words; one that ends the sign-in asks for another."""

    def doing(self, words: str) -> AbstractContextManager[Callable[[str], None]]:
        """Show these words below the view inside the block; yields a function that changes them."""

    def copy(self, name: str, text: str) -> None:
        """Copy a text of that name into the clipboard of the terminal."""

    # Asked for: each is called at once, for the next key may be about what it leads to

    def operate(self, name: str, rows: Sequence[Row]) -> object:
        """Run the operation of that name on these rows, once an operator has said yes."""

    def operate_by_name(self, name: str, row_name: str) -> object:
        """The same on one row, by its id, a key's prefix or a user's address."""

    def open_row(self, row: Row) -> None:
        """Show one row with all that is known of it."""

    def open_by_name(self, listing: Listing[Any], name: str) -> object:
        """Show the row of that id, key's prefix or user's address."""

    def export(self, listing: Listing[Any], parameters: Mapping[str, str]) -> object:
        """Write the list with these parameters of its query into a file."""

    # Changed for all

    def show_standing(self) -> None:
        """Bring the header up to date."""

    def let_in(self, entered: Entered) -> None:
        """Show the views to somebody who has signed in."""

    def publish(self, events: Iterable[Event]) -> None:
        """Hand these events to everything on screen."""

    def unmark(self, rows: Sequence[Row]) -> None:
        """Remove the marks of these rows in every list."""

    def move_to(self, url: str) -> bool:
        """Ask another server from now on; False where it is the same."""

    def note_place(self) -> None:
        """Remember what is in front, to go back to it."""

    def lose_sign_in(self, trouble: Trouble) -> None:
        """Ask for a sign-in: the server does not know this one any more."""
