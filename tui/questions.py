"""The questions to the operator before an operation. Knows nothing of how they are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a form. `hint` stands where nothing is typed; a secret is not shown."""

    name: str
    label: str
    value: str = ""
    hint: str = ""
    is_secret: bool = False


class Questions(Protocol):
    """Asks the operator; None where they gave up, or where nothing can be asked at this moment."""

    async def confirm(
        self, title: str, consequence: str, *, names: Sequence[str] = (), typed: str = ""
    ) -> bool | None:
        """Ask for a yes. `names` are listed one a line; `typed` must be typed for a yes."""

    async def fill(
        self, title: str, fields: Sequence[Field], *, go_on: str, problem: str = ""
    ) -> dict[str, str] | None:
        """Ask for lines of text; returns them by the names of their fields.

        `go_on` is on the button, `problem` is what was wrong with the last answer.
        """

    async def choose(self, title: str, names: Sequence[str]) -> int | None:
        """Ask for one of several; returns its index."""
