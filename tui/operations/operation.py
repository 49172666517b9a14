"""The form of an operation: its title, the rows it changes, the text to type, and its outcome.

Knows nothing of dialogs, and of none of the operations.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from tui.http.client import Client
from tui.http.errors import Missing, NotSignedIn, Refused, Trouble
from tui.http.feed import Event
from tui.lists.listing import Listing
from tui.lists.schemas import Row, User
from tui.lists.users import USERS
from tui.questions import Questions
from tui.session.session import Operator

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of an operation: words for people, and events for the lists to show at once.

    Where only a part was done, `trouble` is the error that the rest met.
    """

    words: str
    events: tuple[Event, ...] = ()
    trouble: Trouble | None = None


class Operation(ABC, Generic[R]):
    """Something that the operator `by` can do to `rows`. Each kind is one class."""

    listing: ClassVar[Listing[Any]] = USERS
    needs_rows: ClassVar[bool] = True
    one_at_a_time: ClassVar[str] = ""
    """The words for more than one row; empty: many can be hit at once."""
    can_be_corrected: ClassVar[bool] = False
    """Whether `asked` is asked again after a refusal, and shows it."""

    def __init__(self, rows: Sequence[R], by: Operator) -> None:
        self.rows = rows
        self.by = by

    @property
    @abstractmethod
    def title(self) -> str:
        """The question that is confirmed, or the operation's name."""

    @property
    def consequence(self) -> str:
        """The effect in words, with names, times and addresses; empty: nothing need be confirmed."""
        return ""

    @property
    def names(self) -> tuple[str, ...]:
        """Each row in words, where there are several."""
        return ()

    @property
    def typed(self) -> str:
        """The text that must be typed before it is done: by default the number of several rows."""
        return str(len(self.rows)) if len(self.rows) > 1 else ""

    async def asked(
        self,
        client: Client,  # noqa: ARG002  (who derives from this needs them)
        questions: Questions,  # noqa: ARG002
        problem: str,  # noqa: ARG002
    ) -> bool:
        """Ask for what else is needed, before it is confirmed; False where the operator gave up.

        Raises:
            Trouble: it cannot be done at all.
        """
        return True

    @abstractmethod
    async def run(self, client: Client) -> Outcome:
        """Do it.

        Raises:
            Trouble: nothing of it was done.
        """


async def one_by_one(
    rows: Sequence[R],
    act: Callable[[R], Awaitable[int]],
    event: Callable[[R], Event],
    words: tuple[str, str],
) -> Outcome:
    """Act on one row after another; `act` returns how many things it changed.

    `words` are a verb in the past tense and the noun of the things that are counted. A refusal of one
    row is told at the end and stops none of the rest; a server that is away, or a sign-in that is over,
    stops them.

    Raises:
        Trouble: no row was acted on.
    """
    count, events = 0, []
    trouble: Trouble | None = None
    for row in rows:
        try:
            count += await act(row)
        except Missing:
            pass
        except Trouble as met:
            if not isinstance(met, Refused) or isinstance(met, NotSignedIn):
                trouble = met
                break
            trouble = trouble or met
            continue
        events.append(event(row))
    if trouble is not None and not events:
        raise trouble
    verb, noun = words
    said = f"{verb} {counted(count, noun)}" + not_done(len(rows) - len(events), trouble)
    return Outcome(said, tuple(events), trouble)


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 session`, `2 sessions`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def not_done(count: int, trouble: Trouble | None) -> str:
    """How many were not done, and why; empty without trouble."""
    return f"; {count} not: {trouble.words}" if trouble is not None else ""


def user_changed(user: User, change: str = "updated") -> Event:
    """The event that the feed will send about it, sent already."""
    return Event("user_changed", {"id": user.id, "change": change})
