"""The form of the sign-in: tries stored credentials, shows the trouble, and lets one try again."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from tui.context import AppContext
from tui.screens.key_help import key_of
from tui.session.contexts import checked_url
from tui.session.login import Closed, Entered, enter, sign_in
from tui.widgets.checkbox import Checkbox
from tui.widgets.footer import Footer
from tui.widgets.text_input import TextInput

SIGN_IN = "Sign in"
AGAIN = "Try again"
SEND = "Send it"


class SignIn(Screen[None]):
    """The way in. `reason` says why one is here again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "app.leave", "Quit", id="sign_in.quit")
    ]

    class Tried(Message):
        """The server has answered."""

        def __init__(self, answer: Entered | Closed) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, context: AppContext, reason: str = "") -> None:
        super().__init__()
        self.context = context
        self._reason = reason
        self._can_sign_in = False
        self._is_asking = False
        """Whether a credential may go over plain http is asked now."""

    def compose(self) -> ComposeResult:
        """The form: URL, e-mail and password."""
        with Vertical(classes="dialog", id="sign-in"):
            yield Static(self._title, classes="title", markup=False)
            yield Static("URL of the API", classes="label", markup=False)
            yield TextInput(self.context.session.target.url, id="url")
            with Vertical(id="credentials"):
                yield Static("E-mail", classes="label", markup=False)
                yield TextInput(id="email")
                yield Static("Password", classes="label", markup=False)
                yield TextInput(id="password", password=True)
                yield Checkbox("Keep me signed in (file for you alone)", id="keep", compact=True)
            yield Static(id="words", markup=False)
            with Horizontal(classes="buttons"):
                yield Button(self._label(AGAIN), id="go-on", variant="primary")
        yield Footer()

    def on_mount(self) -> None:
        """Shows the form, then tries to enter with the stored credential."""
        self.query_one("#email", TextInput).next_focus = self.query_one("#password")
        self._show_form(can_sign_in=False)
        if self._reason:
            self._show(Closed(self._reason))
        # What is said before the first layout would be laid out as what was said before it.
        self.call_after_refresh(self._enter)

    @property
    def _title(self) -> str:
        """Which of one's servers it is; two may have the same URL."""
        target = self.context.session.target
        parts = ("Everruns Auth", target.context, "READ-ONLY" if target.lock else "")
        return "  ·  ".join(filter(None, parts))

    # Trying

    @on(Button.Pressed, "#go-on")
    def action_go_on(self) -> None:
        """Moves to the typed server, or signs in."""
        if not self._has_good_url():
            return
        has_moved = self.context.move_to(self._value("url"))
        if self._is_asking and not has_moved:
            self.context.client.allows_plain_http = True
        self._is_asking = False
        if has_moved or not self._can_sign_in:
            self._enter()
        elif not self._value("email"):
            self.set_focus(self.query_one("#email"))
        elif not self._value("password"):
            self.set_focus(self.query_one("#password"))
        else:
            self._sign_in()

    def _has_good_url(self) -> bool:
        try:
            checked_url(self._value("url"))
        except ValueError as wrong:
            self._say(f"✗ {wrong}")
            self.set_focus(self.query_one("#url"))
            return False
        return True

    @work(exclusive=True)
    async def _enter(self) -> None:
        self._say("Asking…")
        session = self.context.session
        answer = await enter(session.client, session.target, session.token_store)
        self.post_message(self.Tried(answer))

    @work(exclusive=True)
    async def _sign_in(self) -> None:
        self._say("Signing in…")
        answer = await sign_in(
            self.context.client,
            self._value("email"),
            self.query_one("#password", Input).value,
            token_store=self.context.session.token_store,
            is_kept=self.query_one("#keep", Checkbox).value,
        )
        self.post_message(self.Tried(answer))

    @on(Tried)
    def _tried(self, event: Tried) -> None:
        if isinstance(event.answer, Entered):
            self.query_one("#password", Input).value = ""
            self.context.let_in(event.answer)
        else:
            self._show(event.answer)

    # Showing

    def _show(self, closed: Closed) -> None:
        self._is_asking = closed.is_plain_http
        self._show_form(can_sign_in=closed.can_sign_in)
        words = closed.words or self._reason
        self._say(f"✗ {words}" if words else "")
        if closed.is_plain_http:
            self.set_focus(self.query_one("#go-on"))
        elif not closed.can_sign_in:
            self.set_focus(self.query_one("#url"))
        elif not self._value("email"):
            self.set_focus(self.query_one("#email"))
        else:
            self.query_one("#password", Input).value = ""
            self.set_focus(self.query_one("#password"))

    def _show_form(self, *, can_sign_in: bool) -> None:
        self._can_sign_in = can_sign_in
        self.query_one("#credentials").display = can_sign_in
        label = SEND if self._is_asking else SIGN_IN if can_sign_in else AGAIN
        self.query_one("#go-on", Button).label = self._label(label)

    def _label(self, words: str) -> str:
        return f"{words} ({key_of(self.app, TextInput, 'input.go_on')})"

    def _say(self, words: str) -> None:
        self.query_one("#words", Static).update(words)

    def _value(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()
