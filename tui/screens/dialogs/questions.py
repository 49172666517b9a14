"""Asks the operator by a dialog, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from textual.app import App
from textual.screen import ModalScreen

from tui.questions import Field
from tui.screens.dialogs.choice import Choice
from tui.screens.dialogs.confirm import Confirm
from tui.screens.dialogs.form import Form

A = TypeVar("A")


class Dialogs:
    """Answers `Questions` out of dialogs. Every method waits, so it runs in a worker.

    None is answered where the dialog cannot be opened: `is_closed`, or another one is open. Keys that
    come all at once ask for several, and only one of them would be seen.
    """

    def __init__(self, app: App[Any], is_closed: Callable[[], bool]) -> None:
        self._app = app
        self._is_closed = is_closed
        self._is_asking = False

    async def confirm(
        self, title: str, consequence: str, *, names: Sequence[str] = (), typed: str = ""
    ) -> bool | None:
        """Shows `Confirm`; True for yes, None where the operator gave up."""
        return await self.answer_to(Confirm(title, consequence, names=names, typed=typed))

    async def fill(
        self, title: str, fields: Sequence[Field], *, go_on: str, problem: str = ""
    ) -> dict[str, str] | None:
        """Shows `Form`; each field's name and text, None where the operator gave up."""
        return await self.answer_to(Form(title, fields, go_on=go_on, problem=problem))

    async def choose(self, title: str, names: Sequence[str]) -> int | None:
        """Shows `Choice`; the index of the name, None where the operator gave up."""
        return await self.answer_to(Choice(title, names))

    async def answer_to(self, dialog: ModalScreen[A]) -> A | None:
        """Open any dialog; returns its answer."""
        if self._is_asking or self._is_closed():
            return None
        self._is_asking = True
        try:
            answer: A = await self._app.push_screen_wait(dialog)
        finally:
            self._is_asking = False
        return answer
