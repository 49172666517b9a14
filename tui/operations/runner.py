"""The way of every operation: allowed, asked, confirmed, run, said. Knows none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tui.context import AppContext
from tui.http.errors import NotSignedIn, Trouble
from tui.lists.schemas import Row
from tui.operations.operation import Operation, Outcome
from tui.questions import Questions


class Runner:
    """Does what an operator asked for, once they have said yes."""

    def __init__(self, context: AppContext, questions: Questions) -> None:
        self._context = context
        self._questions = questions

    async def run(self, kind: type[Operation[Any]], rows: Sequence[Row]) -> None:
        """Ask, and if the answer is yes, do it to these rows."""
        rows = rows if kind.needs_rows else ()
        if kind.needs_rows and not rows:
            self._context.say("there is no row to do this to", is_bad=True)
        elif kind.one_at_a_time and len(rows) > 1:
            self._context.say(kind.one_at_a_time, is_bad=True)
        elif self._is_allowed():
            operation = kind(rows, self._context.session.operator(self._context.now()))
            await self._ask_and_run(operation)

    async def run_by_name(self, kind: type[Operation[Any]], name: str) -> None:
        """Do it to a row that need not be on screen: it is loaded, so that the dialog can name it."""
        if not self._is_allowed():
            return
        try:
            row = await self._context.client.named(kind.listing.row, kind.listing.path, name)
        except Trouble as trouble:
            self._context.say_trouble(trouble, kind.listing.title)
        else:
            await self.run(kind, (row,))

    def _is_allowed(self) -> bool:
        """Whether anything may be changed from here; where not, how to is said."""
        lock, is_armed = self._context.session.target.lock, self._context.is_armed
        if lock or not is_armed:
            words = lock or f"press {self._context.key_of('app.arm')} to arm, then do it again"
            self._context.say(f"read-only: {words}", is_bad=True)
        return is_armed and not lock

    async def _ask_and_run(self, operation: Operation[Any]) -> None:
        problem: str | None = ""
        while problem is not None:
            problem = await self._attempt(operation, problem)

    async def _attempt(self, operation: Operation[Any], problem: str) -> str | None:
        """Ask and run once; returns the problem where the operator should put something right."""
        # Another server may be asked by the time that the answer is given.
        client = self._context.client
        try:
            if not await operation.asked(client, self._questions, problem):
                return None
            # It was armed when this was asked for; it has to be when it is done, too.
            if not (await self._is_confirmed(operation) and self._is_allowed()):
                return None
            with self._context.doing(f"{operation.title.rstrip('?')}…"):
                outcome = await operation.run(client)
        except Trouble as trouble:
            if operation.can_be_corrected and not isinstance(trouble, NotSignedIn):
                return trouble.words
            self._context.say_trouble(trouble, operation.title)
        else:
            self._finish(operation, outcome)
        return None

    async def _is_confirmed(self, operation: Operation[Any]) -> bool:
        if not operation.consequence:
            return True
        return bool(
            await self._questions.confirm(
                operation.title,
                operation.consequence,
                names=operation.names,
                typed=operation.typed,
            )
        )

    def _finish(self, operation: Operation[Any], outcome: Outcome) -> None:
        self._context.say(outcome.words, is_bad=outcome.trouble is not None)
        self._context.publish(outcome.events)
        if outcome.trouble is None:
            self._context.unmark(operation.rows)
        elif isinstance(outcome.trouble, NotSignedIn):
            self._context.lose_sign_in(outcome.trouble)
