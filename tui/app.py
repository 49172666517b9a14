"""The application's course: the views, the feed, the header, and getting out.

A key becomes an action, an action a worker, a worker asks the client, and what comes back is a message
to whoever draws. Knows the server only through the client.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on, work
from textual.app import App, SuspendNotSupported
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.theme import Theme
from textual.widgets import Input, Static

from tui import themes
from tui.export.exporter import Exporter
from tui.http.client import Client
from tui.http.errors import NotPermitted, NotSignedIn, Trouble
from tui.http.feed import Event, Feed, Happening, Live, Lost
from tui.lists.listing import Listing
from tui.lists.schemas import Row
from tui.navigation import Navigator
from tui.operations.all import OPERATIONS
from tui.operations.runner import Runner
from tui.screens.dialogs.columns import Columns
from tui.screens.dialogs.questions import Dialogs
from tui.screens.help import Help
from tui.screens.key_help import by_use, here, key_of, sign
from tui.screens.palette import Actions, ById, Contexts
from tui.screens.view import View
from tui.session.login import Entered
from tui.session.preferences import remember, remembered
from tui.session.session import OperatorSession, Surroundings
from tui.session.target import Target
from tui.text import plain, raw
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
NEWS_SECONDS = 4
# Refusals are read, and sometimes copied.
BAD_NEWS_SECONDS = 8
CLOSING = "close"
# What nobody may do who has not signed in, or needs to.
OF_THE_VIEWS = frozenset({"view", "go", "arm", "disarm", "pause", "cancel_export", "full_screen"})
# Leads out of what is in front.
OUT = frozenset({"dialog.cancel", "filter.clear", "help.close", "sign_in.quit", "view.back"})


class Dashboard(App[int]):
    """The operators' dashboard."""

    CSS_PATH = Path(__file__).with_name("dashboard.tcss")
    TITLE = "Everruns Auth"
    COMMANDS = {Actions, ById, Contexts}  # noqa: RUF012  (Textual's own form)
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "view('overview')", "View: Overview", show=False, id="view.overview"),
        Binding("2", "view('users')", "View: Users", show=False, id="view.users"),
        Binding("3", "view('keys')", "View: API keys", show=False, id="view.keys"),
        Binding("4", "view('sessions')", "View: Sessions", show=False, id="view.sessions"),
        Binding("5", "view('audit')", "View: Audit", show=False, id="view.audit"),
        Binding("R", "arm", "Arm", tooltip="Arm: let keys change things", id="app.arm"),
        Binding("R", "disarm", "Disarm", tooltip="Go back to read-only", id="app.arm"),
        Binding("p", "pause", "Pause the live feed", show=False, id="app.pause"),
        Binding(
            "left_square_bracket", "go(-1)", "Back to where one was", show=False, id="app.go_back"
        ),
        Binding("right_square_bracket", "go(1)", "Forth again", show=False, id="app.go_forth"),
        Binding(
            "z",
            "full_screen",
            "Full screen, without header and footer",
            show=False,
            id="app.full_screen",
        ),
        Binding("colon,ctrl+p", "command_palette", "Palette", key_display=":", id="app.palette"),
        Binding("question_mark", "help", "Help", key_display="?", id="app.help"),
        Binding("q", "leave", "Quit", id="app.quit"),
        Binding(
            "ctrl+q",
            "leave",
            "Quit",
            show=False,
            priority=True,
            system=True,
            id="app.quit_anywhere",
        ),
        Binding("E", "cancel_export", "Cancel the export", show=False, id="app.cancel_export"),
        Binding(
            "ctrl+l", "redraw", "Draw everything anew", show=False, priority=True, id="app.redraw"
        ),
        Binding("f5", "redraw", "Draw everything anew", show=False, id="app.refresh"),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend (fg goes on)",
            show=False,
            priority=True,
            id="app.suspend",
        ),
        Binding("ctrl+c", "help_quit", show=False, priority=True, system=True, id="app.copy"),
        Binding("t", "next_theme", "Next theme", show=False, id="app.next_theme"),
        Binding("T", "change_theme", "Choose a theme", show=False, id="app.choose_theme"),
    ]

    is_armed = reactive(default=False, bindings=True)
    is_paused = reactive(default=False)
    under_way: reactive[str] = reactive("")
    """All that is under way, in words; empty when nothing is."""

    class Told(Message):
        """The feed has told something."""

        def __init__(self, happening: Happening) -> None:
            super().__init__()
            self.happening = happening

    def __init__(self, target: Target, surroundings: Surroundings) -> None:
        # Without colour focus is drawn by reversed letters, as it is in the terminal's own sixteen.
        super().__init__(ansi_color=themes.has_no_color() or None)
        self.surroundings = surroundings
        self.session = OperatorSession(target, surroundings)
        self.navigator = Navigator(self, self)
        self.questions = Dialogs(self, lambda: self.is_signing_in)
        self.runner = Runner(self, self.questions)
        self.exporter = Exporter(self, self.questions, surroundings.exports)
        self._tasks: dict[object, str] = {}
        self.happened = 0
        self.set_keymap(surroundings.keymap)
        self.next_context: str | None = None
        """The context to open after the end; None: it was the end."""
        self._lost: Lost | None = None
        self._is_connecting = True
        for theme in themes.OWN:
            self.register_theme(theme)
        self._preferences = remembered(surroundings.preferences)
        wanted = self._preferences.theme
        self.theme = wanted if wanted in self.available_themes else themes.OWN[0].name

    # Keys

    def get_key_display(self, binding: Binding) -> str:
        """Shows the first key in force, also of a binding that is not in reach now."""
        moved = self.surroundings.keymap.get(binding.id or "")
        keys, display = (moved, None) if moved else (binding.key, binding.key_display)
        return super().get_key_display(binding.with_key(keys.split(",")[0], display))

    def key_of(self, binding_id: str) -> str:
        """Returns the key in force for what the application binds under that id."""
        return key_of(self, Dashboard, binding_id)

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
        if active is None or not active.enabled or active.binding.action == "help_quit":
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

    @on(ById.Chosen)
    def _id_chosen(self, event: ById.Chosen) -> None:
        if isinstance(event.act, str):
            self.operate_by_name(event.act, event.name)
        else:
            self.open_by_name(event.act, event.name)

    @on(Actions.ViewChosen)
    def _view_chosen(self, event: Actions.ViewChosen) -> None:
        self.action_view(event.view)
        self.say(event.words)

    @on(Contexts.Chosen)
    def _context_chosen(self, event: Contexts.Chosen) -> None:
        """End here, to begin there: nothing of one server is left when another is asked."""
        if self.is_web or self.under_way:
            in_a_browser = "this is a browser; start --serve with --context"
            self.say(f"not now: {in_a_browser if self.is_web else self.under_way}", is_bad=True)
            return
        self.next_context = event.context
        self.exit(0)

    # Operations, and the rows that they are about

    @work(group="operations")
    async def operate(self, name: str, rows: Sequence[Row]) -> None:
        """Runs the operation of this name on rows, with its questions."""
        await self.runner.run(OPERATIONS[name], rows)

    @work(group="operations")
    async def operate_by_name(self, name: str, row_name: str) -> None:
        """Runs the operation of this name on a row that is looked up by its id or address."""
        await self.runner.run_by_name(OPERATIONS[name], row_name)

    def open_row(self, row: Row) -> None:
        """Opens the view of a row."""
        self.navigator.open_row(row)

    @work(exclusive=True, group="open")
    async def open_by_name(self, listing: Listing[Any], name: str) -> None:
        """Looks a row up by its id or another name, and opens its view."""
        await self.navigator.open_by_name(listing, name)

    @work(group="export")
    async def export(self, listing: Listing[Any], parameters: Mapping[str, str]) -> None:
        """Exports a list with these parameters into a file."""
        await self.exporter.export(listing, parameters)

    def action_cancel_export(self) -> None:
        """Cancels the export under way."""
        if self.exporter.is_exporting:
            self.workers.cancel_group(self, "export")
        else:
            self.say("no export is under way")

    # The sign-in

    @property
    def client(self) -> Client:
        """The client of the current server."""
        return self.session.client

    @property
    def is_signing_in(self) -> bool:
        """Whether the form of the sign-in is shown."""
        return self.navigator.is_signing_in

    def move_to(self, url: str) -> bool:
        """Moves to the server at `url`; returns whether it is another one than before.

        Requests to the former server are cancelled, and its client is closed.
        """
        left = self.session.move_to(url)
        if left is not None:
            # Whatever still waits for the server that is left would ask it once more.
            for worker in self.workers:
                if worker.group != CLOSING:
                    worker.cancel()
            self.run_worker(left.close(), group=CLOSING)
        return left is not None

    def let_in(self, entered: Entered) -> None:
        """Show the views; where they are there already, let them catch up."""
        is_first = self.session.entered is None
        self.session.entered = entered
        if entered.remark:
            self.say(entered.remark, is_bad=True)
        if is_first:
            self.navigator.show_views()
        else:
            self.navigator.return_from_sign_in()
            self.catch_up()
        self._listen()

    def lose_sign_in(self, trouble: Trouble) -> None:
        """Shows the form of the sign-in with the reason; writing is disarmed."""
        if not self.is_signing_in:
            # Whoever signs in next begins as everybody does.
            self.is_armed = False
            self.navigator.ask_for_sign_in(f"the sign-in is over: {trouble.words}")

    def on_mount(self) -> None:
        """Shows the form of the sign-in, and starts the tick."""
        self.theme_changed_signal.subscribe(self, self._remember_theme)
        self.navigator.ask_for_sign_in()
        self._obey_signals()
        self.set_interval(TICK_SECONDS, self._tick)

    # The feed

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

    def publish(self, events: Iterable[Event]) -> None:
        """Passes events to every live widget of every screen."""
        for event in events:
            self.happened += 1
            for live in self.navigator.lives:
                live.handle(event)
                live.seen = self.happened

    def catch_up(self) -> None:
        """Load anew what is on screen now, and what is not once it is again."""
        self.happened += 1
        for live in self.navigator.lives:
            live.reload()

    def unmark(self, rows: Sequence[Row]) -> None:
        """Removes the marks of these rows in every list."""
        for live in self.navigator.lives:
            live.unmark([row.id for row in rows])

    def action_pause(self) -> None:
        """Pauses the live updates, or resumes and catches up."""
        self.is_paused = not self.is_paused
        if not self.is_paused:
            self.catch_up()
        self.show_standing()

    # The terminal

    def action_redraw(self) -> None:
        """Draws the whole screen again, over the output of other programs."""
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
        for live in self.navigator.lives:
            live.tick(now)
        self.show_standing()

    def show_standing(self) -> None:
        """Draws connection, server and mode in the header of every screen."""
        standing = self._standing()
        for screen in self.screen_stack:
            for bar in screen.query(Header):
                bar.standing = standing
        is_calm = standing.liveness[1] == "good" and not standing.is_armed
        self.set_class(is_calm, "-calm")
        self._show_task(self.under_way)

    def _standing(self) -> HeaderState:
        overview = self.session.entered.overview if self.session.entered else None
        return HeaderState(
            url=self.session.target.url,
            context=self.session.target.context,
            colour=self.session.target.colour,
            mode=overview.mode.lower() if overview else "",
            version=overview.version if overview else "",
            stale_for=time.monotonic() - self._lost.since if self._lost else None,
            clock_ahead=self.client.clock.difference,
            is_paused=self.is_paused,
            is_connecting=self._is_connecting,
            is_armed=self.is_armed,
            is_locked=bool(self.session.target.lock),
        )

    def action_arm(self) -> None:
        """Allows writing, unless the context is locked."""
        if self.session.target.lock:
            self.say(f"read-only: {self.session.target.lock}", is_bad=True)
            return
        self.is_armed = True
        self.show_standing()

    def action_disarm(self) -> None:
        """Forbids writing again."""
        self.is_armed = False
        self.show_standing()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what a key does now is bound, and shown: the same one arms and disarms."""
        if action in OF_THE_VIEWS and self.is_signing_in:
            return False
        if action in ("arm", "disarm"):
            return (action == "disarm") == self.is_armed
        return super().check_action(action, parameters)

    # Said to the operator

    def now(self) -> datetime:
        """The present time by the server's clock."""
        return self.client.clock.now()

    def say(self, words: str, *, is_bad: bool = False, title: str = "") -> None:
        """Shows a notification; errors stay longer."""
        severity: SeverityLevel = "error" if is_bad else "information"
        timeout = BAD_NEWS_SECONDS if is_bad else NEWS_SECONDS
        self.notify(words, title=title, severity=severity, markup=False, timeout=timeout)

    def say_trouble(self, trouble: Trouble, title: str) -> None:
        """Shows the trouble; one without a sign-in leads to its form."""
        self.say(trouble.words, is_bad=True, title=title)
        if isinstance(trouble, NotSignedIn):
            self.lose_sign_in(trouble)

    def copy(self, name: str, text: str) -> None:
        """By way of the terminal (OSC 52), which works over SSH."""
        if text:
            self.copy_to_clipboard(raw(text))
            self.say(f"copied the {name}: {plain(text)}")

    @contextmanager
    def doing(self, words: str) -> Iterator[Callable[[str], None]]:
        """Shows `words` as a running task inside the block; yields a function that changes them."""
        task = object()

        def say(words: str) -> None:
            self._tasks[task] = words
            self.under_way = "  ·  ".join(self._tasks.values())

        say(words)
        try:
            yield say
        finally:
            del self._tasks[task]
            self.under_way = "  ·  ".join(self._tasks.values())

    def watch_under_way(self, task: str) -> None:
        """Draws the running tasks."""
        self._show_task(task)

    def _show_task(self, task: str) -> None:
        """Say below the view what is under way."""
        for screen in self.screen_stack:
            for line in screen.query("#task").results(Static):
                if str(line.content) != task:
                    line.update(task)
                line.display = bool(task)

    # Moving about

    def action_view(self, mode: str) -> None:
        """Shows the view of this name."""
        self.navigator.show(mode)

    def note_place(self) -> None:
        """Notes the current screen in the history of places."""
        self.navigator.note_place()

    def action_go(self, by: int) -> None:
        """Goes back or forth in the history of places."""
        self.navigator.go(by)

    def action_help(self) -> None:
        """Shows the keys and words of the current screen."""
        screen = self.screen
        pane = next(iter(screen.query(ListPane)), None)
        title = " › ".join(screen.crumbs) if isinstance(screen, View) else "Getting in"
        self.push_screen(Help(title, by_use(here(screen)), pane.listing.words if pane else {}))

    def action_next_theme(self) -> None:
        """Changes to the next theme."""
        self.theme = themes.following(self.theme)
        self.say(f"theme: {self.theme}")

    def _remember_theme(self, theme: Theme) -> None:
        self._remember(theme=theme.name)

    def _remember(self, **preferences: object) -> None:
        self._preferences = self._preferences.model_copy(update=preferences)
        remember(self.surroundings.preferences, self._preferences)

    def action_full_screen(self) -> None:
        """Hides the header and the footer, or brings them back."""
        self.toggle_class("-full-screen")
        if self.has_class("-full-screen"):
            self.say(f"{self.key_of('app.full_screen')} brings header and footer back")

    def hidden_columns(self, listing: str) -> frozenset[str]:
        """The titles of the columns that the operator hides in a list."""
        return self._preferences.hidden_columns.get(listing, frozenset())

    @on(ListPane.ColumnsWanted)
    @work(group="columns")
    async def _choose_columns(self, event: ListPane.ColumnsWanted) -> None:
        name = event.listing.name
        hidden = await self.questions.answer_to(Columns(event.listing, self.hidden_columns(name)))
        if hidden is not None:
            self._remember(hidden_columns={**self._preferences.hidden_columns, name: hidden})
            for live in self.navigator.lives:
                live.wake()

    # Getting out

    @work(group="leave")
    async def action_leave(self) -> None:
        """Quits; asks first if a task is under way."""
        # Without a sign-in nothing goes on that could be lost.
        words = f"This is under way and would be stopped: {self.under_way}"
        is_asked = self.under_way and not self.is_signing_in
        if is_asked and not await self.questions.confirm("Quit?", words):
            return
        self.exit(0)

    async def action_quit(self) -> None:
        """Quits as `action_leave`, for Textual's own binding."""
        self.action_leave()

    def action_help_quit(self) -> None:
        """Copy what is selected, or say how to get out of what is in front."""
        selected = getattr(self.focused, "selected_text", "") or self.screen.get_selected_text()
        if selected:
            self.copy_to_clipboard(selected)
            return
        active = self.screen.active_bindings.items()
        ways = (each.binding for key, each in active if each.binding.id in OUT or key == "escape")
        way = next(ways, None)
        is_inside = isinstance(self.focused, Input) or not isinstance(self.screen, View)
        if is_inside and way is not None:
            self.say(f"{sign(way.key)}: {way.description}")
        else:
            self.say(f"{self.key_of('app.quit')} quits")

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
        """Closes the client."""
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
