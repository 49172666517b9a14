"""Owns the application's course: the views, the feed, the header, and getting out.

A key becomes an action, an action a worker, a worker asks the client, and what comes back is a message
to whoever draws. Knows the server only through the client.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.theme import Theme
from textual.widgets import Input

from tui import themes
from tui.context import Surroundings
from tui.export.exporter import Exporter
from tui.http.client import Client
from tui.http.errors import NotPermitted, NotSignedIn
from tui.http.feed import Event, Feed, Happening, Live, Lost
from tui.operations.definitions import Operation
from tui.operations.execution import Outcome
from tui.operations.runner import Runner
from tui.screens.dialogs.columns import Columns
from tui.screens.dialogs.confirm import Confirm
from tui.screens.help import Help
from tui.screens.key_help import by_use, here, sign
from tui.screens.palette import Actions, ById
from tui.screens.sign_in import SignIn
from tui.screens.view import View
from tui.session.preferences import remember, remembered
from tui.session.session import OperatorSession
from tui.session.target import Target
from tui.widgets.header import Header, HeaderState
from tui.widgets.held_keys import HeldKey
from tui.widgets.list_pane import ListPane

TICK_SECONDS = 1.0
# Messages that wait for the application. A busy server tells some hundred things a second.
MAX_WAITING_MESSAGES = 500
WAITING_SECONDS = 0.02
LEAVING_SECONDS = 5
# A view is made in some hundredths of a second. After so many seconds keys no longer wait for it.
SETTLING_SECONDS = 2
# What nobody may do who has not signed in, or needs to.
OF_THE_VIEWS = frozenset({"view", "arm", "disarm", "pause", "cancel_export", "full_screen"})


class Dashboard(OperatorSession, Runner, Exporter):
    """The operators' dashboard."""

    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    TITLE = "Everruns Auth"
    COMMANDS = {Actions, ById}  # noqa: RUF012  (Textual's own form)
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "view('overview')", "View: Overview", show=False),
        Binding("2", "view('users')", "View: Users", show=False),
        Binding("3", "view('keys')", "View: API keys", show=False),
        Binding("4", "view('sessions')", "View: Sessions", show=False),
        Binding("5", "view('audit')", "View: Audit", show=False),
        Binding("R", "arm", "Arm", tooltip="Arm: let keys change things"),
        Binding("R", "disarm", "Disarm", tooltip="Go back to read-only"),
        Binding("p", "pause", "Pause the live feed", show=False),
        Binding("z", "full_screen", "Full screen, without header and footer", show=False),
        Binding("colon,ctrl+p", "command_palette", "Palette", key_display=":"),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("q", "leave", "Quit"),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True, system=True),
        Binding("E", "cancel_export", "Cancel the export", show=False),
        Binding("ctrl+l,f5", "redraw", "Draw everything anew", show=False),
        Binding("ctrl+z", "suspend_process", "Suspend (fg goes on)", show=False, priority=True),
        Binding("ctrl+c", "help_quit", show=False, priority=True, system=True),
        Binding("t", "next_theme", "Next theme", show=False),
        Binding("T", "change_theme", "Choose a theme", show=False),
    ]

    class Told(Message):
        """The feed has told something."""

        def __init__(self, happening: Happening) -> None:
            super().__init__()
            self.happening = happening

    def __init__(self, target: Target, surroundings: Surroundings) -> None:
        super().__init__(target, surroundings)
        self._lost: Lost | None = None
        self._is_connecting = True
        for theme in themes.OWN:
            self.register_theme(theme)
        self._preferences = remembered(surroundings.preferences)
        wanted = self._preferences.theme
        self.theme = wanted if wanted in self.available_themes else themes.OWN[0].name

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Work off a key or a paste before the next, which may be about what this one leads to."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self._settled()
            if await self._is_worked_off(event):
                return
        await super().on_event(event)

    async def _settled(self) -> None:
        """Wait for the dialog or the view that the last key asked for: the next key is for it."""
        # A worker that asks takes its first step.
        await asyncio.sleep(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(SETTLING_SECONDS):
                while not self.screen.is_mounted:  # noqa: ASYNC110  (nothing tells of it)
                    await asyncio.sleep(0)

    async def _is_worked_off(self, event: events.Key | events.Paste) -> bool:
        focused = self.focused
        is_text = isinstance(event, events.Paste) or event.is_printable
        if isinstance(focused, Input) and is_text:
            # Forwarded, it would come behind the keys that are bound.
            await focused.on_event(event)
            return True
        key = event.key if isinstance(event, events.Key) else ""
        active = self.screen.active_bindings.get(key)
        if key == "ctrl+c" or active is None or not active.enabled:
            return False
        if isinstance(focused, Input):
            return await self.run_action(active.binding.action, active.node)
        return await self.obey(HeldKey(sign(key), active.binding.action, active.node))

    async def obey(self, key: HeldKey) -> bool:
        """Do what the key is bound to, unless it has to wait for the list that it is about.

        Tells whether there was something to do.
        """
        near = (key.owner, self.focused)
        panes = [pane for node in near if node for pane in node.ancestors_with_self]
        pane = next((pane for pane in panes if isinstance(pane, ListPane)), None)
        if pane is not None and pane.held_keys.hold(key):
            return True
        return await self.run_action(key.action, key.owner)

    @on(Actions.KeyChosen)
    async def _key_chosen(self, event: Actions.KeyChosen) -> None:
        await self.obey(event.key)

    @on(Actions.ViewChosen)
    def _view_chosen(self, event: Actions.ViewChosen) -> None:
        self.action_view(event.view)
        self.say(event.words)

    @on(ById.Chosen)
    def _named(self, event: ById.Chosen) -> None:
        acts: dict[str, Callable[[str], object]] = {
            act.__name__: act
            for act in (
                self.open_user,
                self.open_key,
                self.open_session,
                self.open_event,
                self.open_by_prefix,
                self.open_by_address,
                self.force_logout,
                self.disable_user,
                self.enable_user,
                self.set_roles_of,
                self.ask_for_unlinking,
                self.revoke_key,
                self.revoke_by_prefix,
                self.end_session,
            )
        }
        acts[event.act](event.name)

    # Getting in

    def on_mount(self) -> None:
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.push_screen(SignIn(self))
        self._obey_signals()
        self.set_interval(TICK_SECONDS, self._tick)

    # The feed

    def listen(self) -> None:
        self._listen()

    @work(exclusive=True, group="feed")
    async def _listen(self) -> None:
        try:
            async for happening in Feed(self.client).happenings():
                self.post_message(self.Told(happening))
                # A server that tells faster than we draw waits, by way of TCP.
                while self.message_queue_size > MAX_WAITING_MESSAGES:  # noqa: ASYNC110  (Textual has no event for it)
                    await asyncio.sleep(WAITING_SECONDS)
        except (NotSignedIn, NotPermitted) as refused:
            self.post_message(self.Told(Lost(time.monotonic(), refused.words)))
            self.lose_sign_in(refused)

    @on(Told)
    def _told(self, told: Told) -> None:
        match told.happening:
            case Event() as event:
                self._handle(event)
                return
            case Live():
                self._lost, self._is_connecting = None, False
                # What was loaded before this is not told of what happened in between.
                self.catch_up()
            case Lost() as lost:
                self._lost, self._is_connecting = lost, False
        self.show_standing()

    def _handle(self, event: Event) -> None:
        if self.is_paused:
            self.happened += 1
        else:
            self.publish((event,))

    def action_pause(self) -> None:
        self.is_paused = not self.is_paused
        if not self.is_paused:
            self.catch_up()
        self.show_standing()

    # The terminal

    def action_redraw(self) -> None:
        """Whatever another program has written over the screen goes."""
        self.refresh(layout=True)

    def action_suspend_process(self) -> None:
        """Stop the whole job, as the terminal would: whoever started us may wait for us."""
        with suppress(SuspendNotSupported), self.suspend():
            own = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.killpg(0, signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, own)

    # The header

    def _tick(self) -> None:
        now = self.now()
        for live in self.lives:
            live.tick(now)
        self.show_standing()

    def show_standing(self) -> None:
        standing = self._standing()
        for screen in self.screen_stack:
            for bar in screen.query(Header):
                bar.standing = standing
        self.show_task(self.under_way)
        is_calm = standing.liveness[1] == "good" and not standing.is_armed
        self.set_class(is_calm, "-calm")

    def _standing(self) -> HeaderState:
        overview = self.entered.overview if self.entered else None
        return HeaderState(
            url=self.target.url,
            context=self.target.context,
            colour=self.target.colour,
            mode=overview.mode.lower() if overview else "",
            version=overview.version if overview else "",
            stale_for=time.monotonic() - self._lost.since if self._lost else None,
            clock_ahead=self.client.clock.difference,
            is_paused=self.is_paused,
            is_connecting=self._is_connecting,
            is_armed=self.is_armed,
            is_locked=bool(self.target.lock),
        )

    def action_arm(self) -> None:
        if self.target.lock:
            self.say(f"read-only: {self.target.lock}", is_bad=True)
            return
        self.is_armed = True
        self.show_standing()

    def action_disarm(self) -> None:
        self.is_armed = False
        self.show_standing()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what a key does now is bound, and shown: the same one arms and disarms."""
        if action in OF_THE_VIEWS and self.is_signing_in:
            return False
        if action in ("arm", "disarm"):
            return (action == "disarm") == self.is_armed
        return super().check_action(action, parameters)

    # Moving about

    def action_view(self, mode: str) -> None:
        if self.entered is not None and isinstance(self.screen, View):
            self.switch_mode(mode)

    def action_help(self) -> None:
        screen = self.screen
        pane = next(iter(screen.query(ListPane)), None)
        title = " › ".join(screen.crumbs) if isinstance(screen, View) else "Getting in"
        self.push_screen(Help(title, by_use(here(screen)), pane.listing.words if pane else {}))

    def action_next_theme(self) -> None:
        self.theme = themes.following(self.theme)
        self.say(f"theme: {self.theme}")

    def _remember_theme(self, theme: Theme) -> None:
        self._remember(theme=theme.name)

    def _remember(self, **preferences: object) -> None:
        self._preferences = self._preferences.model_copy(update=preferences)
        remember(self.surroundings.preferences, self._preferences)

    def action_full_screen(self) -> None:
        self.toggle_class("-full-screen")
        if self.has_class("-full-screen"):
            self.say("z brings header and footer back")

    def hidden_columns(self, listing: str) -> frozenset[str]:
        return self._preferences.hidden_columns.get(listing, frozenset())

    @on(ListPane.ColumnsWanted)
    @work(group="columns")
    async def _choose_columns(self, event: ListPane.ColumnsWanted) -> None:
        name = event.listing.name
        hidden = await self.answer_to(Columns(event.listing, self.hidden_columns(name)))
        if hidden is not None:
            self._remember(hidden_columns={**self._preferences.hidden_columns, name: hidden})
            for live in self.lives:
                live.wake()

    # Getting out

    @work(group="leave")
    async def action_leave(self) -> None:
        # Without a sign-in nothing goes on that could be lost.
        is_asked = self.under_way and not self.is_signing_in
        if is_asked and not await self.answer_to(Confirm(_leaving(self.under_way))):
            return
        self.exit(0)

    async def action_quit(self) -> None:
        self.action_leave()

    def action_help_quit(self) -> None:
        """Copy what is selected, or say how to get out of what is in front."""
        selected = getattr(self.focused, "selected_text", "") or self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            return
        escape = self.screen.active_bindings.get("escape")
        is_inside = isinstance(self.focused, Input) or not isinstance(self.screen, View)
        if is_inside and escape is not None:
            self.say(f"Esc: {escape.binding.description}")
        else:
            self.say("q quits")

    def _obey_signals(self) -> None:
        """Leave the terminal as it was found when a signal asks to end.

        Where the terminal itself is gone, whoever draws may wait for it for ever: then the alarm
        ends us, which nobody handles.
        """
        if self.is_headless:
            return
        loop = asyncio.get_running_loop()

        def end(number: int, _: object) -> None:
            signal.alarm(LEAVING_SECONDS)
            loop.call_soon_threadsafe(self.exit, 128 + number)

        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, end)

    async def on_unmount(self) -> None:
        await self.client.close()

    def _fatal_error(self) -> None:
        """As Textual does it, but without the values of variables: passwords and keys are among them."""
        # What draws it takes a while to load, and is hardly ever needed.
        import rich  # noqa: PLC0415
        import textual  # noqa: PLC0415
        from rich.segment import Segments  # noqa: PLC0415
        from rich.traceback import Traceback  # noqa: PLC0415

        self.bell()
        traceback = Traceback(suppress=[rich, textual])
        self._exit_renderables.append(Segments(self.console.render(traceback)))
        self._close_messages_no_wait()


def _leaving(task: str) -> Operation:
    async def nothing(_: Client) -> Outcome:
        return Outcome("")

    return Operation("Quit?", f"This is under way and would be stopped: {task}", nothing)
