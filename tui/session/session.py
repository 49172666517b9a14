"""Owns the life of a sign-in on screen: who is let in, and that nothing which was begun outlives it.

How one gets in is the entrance's. Knows nothing of single views.
"""

from __future__ import annotations

from functools import partial

from textual import work
from textual.screen import ModalScreen

from tui.application import Application
from tui.http.client import Client
from tui.http.errors import Trouble
from tui.screens.sign_in import SignIn
from tui.screens.views import VIEWS
from tui.session.login import Entered

CLOSING = "close"


class OperatorSession(Application):
    """Lets somebody in, and sees them out."""

    def move_to(self, url: str) -> bool:
        """Ask another server from now on; tells whether it is another."""
        target = self.target.at(url.strip().rstrip("/"))
        if target == self.target:
            return False
        # Whatever still waits for the server that is left would ask it once more.
        for worker in self.workers:
            if worker.group != CLOSING:
                worker.cancel()
        self._close(self.client)
        self.target = target
        self.client = self.surroundings.connect(target.url)
        self.token_store = self.surroundings.token_store(target)
        return True

    def let_in(self, entered: Entered) -> None:
        """Show the views; where they are there already, let them catch up."""
        is_first = self.entered is None
        self.entered = entered
        if entered.remark:
            self.say(entered.remark, is_bad=True)
        if is_first:
            for mode, view in VIEWS.items():
                self.add_mode(mode, partial(view, self))  # type: ignore[arg-type]
            self.switch_mode(next(iter(VIEWS)))
        else:
            self._give_up_dialogs()
            self.pop_screen()
            self.catch_up()
        self.listen()

    def lose_sign_in(self, trouble: Trouble) -> None:
        if self.is_signing_in:
            return
        # Whoever signs in next begins as everybody does, and answers no question put to another.
        self.is_armed = False
        self._give_up_dialogs()
        self.push_screen(SignIn(self, f"the sign-in is over: {trouble.words}"))  # type: ignore[arg-type]

    def _give_up_dialogs(self) -> None:
        while isinstance(self.screen, ModalScreen):
            self.screen.dismiss(None)

    @property
    def is_signing_in(self) -> bool:
        return any(isinstance(screen, SignIn) for screen in self.screen_stack)

    def listen(self) -> None:
        """Follow the feed of the server from now on."""
        raise NotImplementedError

    def catch_up(self) -> None:
        """Load anew what is on screen now, and what is not once it is again."""
        self.happened += 1
        for live in self.lives:
            live.reload()

    @work(group=CLOSING)
    async def _close(self, client: Client) -> None:
        await client.close()
