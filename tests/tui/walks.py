"""Walks through the dashboard, each pressing every key that some classes bind, with what it shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from textual.dom import DOMNode

from models import ApiKey
from tests.tui.world import Terminal, World
from tui.app import Dashboard
from tui.screens.details import EventView, KeyView, SessionView, UserView
from tui.screens.dialogs.choice import Choice
from tui.screens.dialogs.columns import Columns
from tui.screens.dialogs.confirm import Confirm
from tui.screens.dialogs.form import Form
from tui.screens.help import Help
from tui.screens.lists import ListView
from tui.screens.overview import OverviewView
from tui.screens.sign_in import SignIn
from tui.screens.view import View
from tui.screens.views import VIEWS
from tui.themes import ROUND
from tui.widgets.checkbox import Checkbox
from tui.widgets.detail import Detail
from tui.widgets.filter_input import FilterInput
from tui.widgets.list_pane import ListPane
from tui.widgets.panes import ApiKeysPane, SessionsPane, UsersPane
from tui.widgets.table import Table
from tui.widgets.text_input import TextInput

ANN = "ann@example.com"
Classes = tuple[type[DOMNode], ...]
Walk = Callable[[World, Terminal], Awaitable[None]]
WALKS: dict[Classes, Walk] = {}


def trying(*classes: type[DOMNode]) -> Callable[[Walk], Walk]:
    """Register a walk that presses every key of these classes."""

    def registered(walk: Walk) -> Walk:
        WALKS[classes] = walk
        return walk

    return registered


async def asks(terminal: Terminal, key: str, *words: str) -> None:
    """Press a key that opens a dialog, and give the dialog up."""
    await terminal.press(key)
    await terminal.is_asked(*words)
    await terminal.press("escape")
    await terminal.until(lambda: not terminal.question)


async def loads_anew(world: World, terminal: Terminal, key: str) -> None:
    before = len(world.transport.asked)
    await terminal.press(key)
    await terminal.until(lambda: len(world.transport.asked) > before)


async def copies(terminal: Terminal, **copied: str) -> None:
    for key, text in copied.items():
        await terminal.press(key)
        assert terminal.app.clipboard == text


@trying(Table)
async def of_a_table(world: World, terminal: Terminal) -> None:
    await world.user("bob@example.com")
    await terminal.opens("2", "3 rows")
    for key, index in (
        *(("end", 2), ("home", 0), ("G", 2), ("g", 0), ("down", 1), ("j", 2)),
        *(("up", 1), ("k", 0), ("pagedown", 2), ("pageup", 0)),
    ):
        await terminal.press(key)
        assert terminal.current.id == terminal.table.window.rows[index].id, key
    await terminal.press("enter")
    await terminal.sees("Users › bob@example.com")


@trying(ListPane, ListView, FilterInput, Form)
async def of_a_list(world: World, terminal: Terminal) -> None:
    await terminal.opens("3", "2 rows")
    await terminal.press("slash", "escape")
    assert terminal.app.focused is terminal.table
    await terminal.press("slash")
    await terminal.write("owner:ann@")
    await terminal.press("enter")
    await terminal.sees("1 row ", "ci-deploy")
    await copies(terminal, y=terminal.current.id, Y=terminal.current.key_prefix.rstrip("."))
    await terminal.press("space")
    await terminal.sees("✓ 1 marked")
    await terminal.press("u")
    await terminal.no_longer_sees("marked")
    await terminal.press("escape")
    await terminal.sees("2 rows")
    for key in ("V", "asterisk"):
        await terminal.press(key)
        await terminal.sees("✓ ")
        await terminal.press("u")
        await terminal.no_longer_sees("marked")
    await asks(terminal, "C", "Columns: API keys")
    await terminal.press("e")
    await terminal.is_asked("Export")
    for key, focused in (("tab", "go-on"), ("shift+tab", "file")):
        await terminal.press(key)
        assert terminal.focused == focused
    await terminal.press("escape")
    sorts = [terminal.table.sort]
    for key in ("s", "S"):
        await terminal.press(key)
        assert terminal.table.sort not in sorts
        sorts.append(terminal.table.sort)
    for key in ("f5", "ctrl+r"):
        await loads_anew(world, terminal, key)


@trying(UsersPane)
async def of_users(world: World, terminal: Terminal) -> None:
    await terminal.opens("2", "2 rows")
    await terminal.arms()
    await terminal.press("home")
    await asks(terminal, "n", "New user")
    await asks(terminal, "l", f"Log {ANN} out everywhere?")
    await asks(terminal, "d", f"Disable {ANN}?")
    await asks(terminal, "D", f"Enable {ANN}?")
    await asks(terminal, "m", f"Roles of {ANN}")
    await terminal.press("space")
    await terminal.sees("✓ 1 marked")


@trying(ApiKeysPane)
async def of_keys(world: World, terminal: Terminal) -> None:
    await terminal.opens("3", "2 rows")
    await terminal.arms()
    await asks(terminal, "x", "Revoke this API key?")
    await terminal.press("f")
    await terminal.sees("status:live", "1 row")
    await terminal.press("o")
    await terminal.sees("Users › ", "Signs in by")


@trying(SessionsPane)
async def of_sessions(world: World, terminal: Terminal) -> None:
    await terminal.opens("4", "2 rows")
    await terminal.arms()
    await asks(terminal, "x", "End this session?")
    await asks(terminal, "l", "out everywhere?")
    await terminal.press("o")
    await terminal.sees("Users › ", "Signs in by")


@trying(UserView, View, Detail)
async def of_a_user(world: World, terminal: Terminal) -> None:
    await terminal.opens("2", "2 rows")
    await terminal.arms()
    await terminal.press("home")
    await terminal.press("enter")
    await terminal.sees(f"Users › {ANN}", "Signs in by")
    await asks(terminal, "d", f"Disable {ANN}?")
    await asks(terminal, "D", f"Enable {ANN}?")
    await asks(terminal, "m", f"Roles of {ANN}")
    await terminal.press("i")
    await terminal.hears(f"{ANN} has no identity to unlink")
    await terminal.press("tab")
    await terminal.sees("ci-deploy")
    # Among the sessions this key is the list's.
    await asks(terminal, "l", f"Log {ANN} out everywhere?")
    await terminal.press("shift+tab")
    await terminal.no_longer_sees("ci-deploy")
    await of_one_thing(world, terminal)


async def of_one_thing(world: World, terminal: Terminal) -> None:
    """What every page of one thing has, tried where no list beside it takes the keys first."""
    await terminal.press("escape", "3")
    await terminal.sees("ci-deploy")
    key = terminal.current
    await terminal.press("enter")
    await terminal.sees("Scopes")
    await copies(terminal, y=key.id, Y=key.key_prefix.rstrip("."))
    for reload in ("f5", "ctrl+r"):
        await loads_anew(world, terminal, reload)


@trying(KeyView)
async def of_a_key(world: World, terminal: Terminal) -> None:
    await terminal.opens("3", "2 rows")
    await terminal.arms()
    await terminal.press("enter")
    await terminal.sees("API keys › ", "Scopes")
    await asks(terminal, "x", "Revoke this API key?")
    await terminal.press("o")
    await terminal.sees("Users › ", "Signs in by")
    await asks(terminal, "l", "out everywhere?")


@trying(SessionView)
async def of_a_session(world: World, terminal: Terminal) -> None:
    await terminal.opens("4", "2 rows")
    await terminal.arms()
    await terminal.press("enter")
    await terminal.sees("Sessions › ", "Program")
    await asks(terminal, "x", "End this session?")
    await asks(terminal, "l", "out everywhere?")
    await terminal.press("o")
    await terminal.sees("Users › ", "Signs in by")


@trying(EventView)
async def of_an_event(world: World, terminal: Terminal) -> None:
    await terminal.opens("5", "auth.user.created")
    await terminal.press("slash")
    await terminal.write("action:auth.user.created")
    await terminal.press("enter")
    await terminal.sees("2 rows")
    await terminal.press("enter")
    await terminal.sees("Audit › ", "Request")
    await terminal.press("o")
    await terminal.sees(f"Users › {ANN}")
    await terminal.press("escape", "a")
    await terminal.sees("Users › root@example.com")


@trying(Confirm)
async def of_a_question(world: World, terminal: Terminal) -> None:
    await terminal.opens("3", "2 rows")
    await terminal.arms()
    for no in ("n", "escape"):
        await terminal.press("x")
        await terminal.is_asked("Revoke this API key?")
        await terminal.press(no)
        await terminal.until(lambda: not terminal.question)
    await terminal.press("x")
    await terminal.is_asked("Revoke this API key?")
    for key, button in (("right", "yes"), ("left", "no")):
        await terminal.press(key)
        await terminal.until(lambda button=button: terminal.focused == button)  # type: ignore[misc]
    await terminal.press("pagedown", "down", "up", "pageup", "y")
    await terminal.hears("revoked ")


@trying(Choice)
async def of_a_choice(world: World, terminal: Terminal) -> None:
    [ann] = (await world.ask("GET", f"/v1/admin/users?q={ANN}"))["data"]
    await world.link(ann, "github", "google")
    await terminal.opens("2", "2 rows")
    await terminal.arms()
    await terminal.press("home", "enter")
    await terminal.sees(f"Users › {ANN}", "Signs in by github")
    await asks(terminal, "i", f"Which identity of {ANN}?")


@trying(Columns)
async def of_columns(world: World, terminal: Terminal) -> None:
    await terminal.opens("3", "Last used")
    await asks(terminal, "C", "Columns: API keys")
    await terminal.press("C")
    await terminal.is_asked("Columns: API keys")
    for key in ("down", "j", "k", "up", "space"):
        await terminal.press(key)
    await terminal.press("enter")
    await terminal.no_longer_sees("Owner")


@trying(OverviewView)
async def of_the_overview(world: World, terminal: Terminal) -> None:
    await terminal.sees("ci-deploy")
    await terminal.press("down")
    await terminal.until(lambda: any(line.startswith("›") for line in terminal.lines))
    await terminal.press("escape")
    await terminal.until(lambda: not any(line.startswith("›") for line in terminal.lines))


@trying(Help)
async def of_help(world: World, terminal: Terminal) -> None:
    await terminal.opens("2", "2 rows")
    for key in ("escape", "question_mark", "q", "enter"):
        await terminal.press("question_mark")
        await terminal.is_asked("Help: Users")
        await terminal.press(key)
        await terminal.until(lambda: not terminal.question)


@trying(SignIn, Checkbox, TextInput)
async def of_the_way_in(world: World, terminal: Terminal) -> None:
    # Shown once the dashboard is not let in any more, and gone at once as long as it is.
    await ApiKey.filter(name="the dashboard's").delete()
    await terminal.sees("URL of the API", "E-mail")
    await terminal.until(lambda: terminal.focused == "email")
    for key, focused in (
        ("tab", "password"),
        ("tab", "keep"),
        ("enter", "email"),
        ("enter", "password"),
    ):
        await terminal.press(key)
        assert terminal.focused == focused
    await terminal.press("shift+tab", "escape")
    await terminal.until(lambda: not terminal.app.is_running)


@trying(Dashboard)
async def of_all_views(world: World, terminal: Terminal) -> None:
    for number, view in enumerate(VIEWS, 1):
        await terminal.press(str(number))
        await terminal.until(lambda view=view: terminal.app.current_mode == view)  # type: ignore[misc]
    await terminal.press("R")
    await terminal.sees("ARMED", "R Disarm")
    await terminal.press("R")
    await terminal.sees("READ-ONLY", "R Arm")
    await terminal.press("z")
    await terminal.no_longer_sees("Everruns Auth")
    await terminal.press("z")
    await terminal.sees("Everruns Auth", "? Help")
    # Elsewhere F5 is the list's, which is loaded anew, too.
    terminal.app.screen.set_focus(None)
    await terminal.press("f5")
    terminal.app.screen.set_focus(terminal.table)
    await terminal.press("1", "ctrl+l", "ctrl+z", "ctrl+c")
    await terminal.hears("q quits")
    await terminal.press("left_square_bracket", "right_square_bracket")
    await terminal.until(lambda: "sign-ins" in terminal.text)
    await terminal.press("5", "p")
    await terminal.sees("‖ paused")
    await asks(terminal, "question_mark", "Help: Audit")
    for key, placeholder in (("colon", "Search"), ("ctrl+p", "Search"), ("T", "Search for themes")):
        await terminal.press(key)
        await terminal.sees(placeholder)
        await terminal.press("escape")
        await terminal.no_longer_sees("Search")
    await terminal.press("t")
    assert terminal.app.theme == ROUND[1]
    await of_leaving(world, terminal)


async def of_leaving(world: World, terminal: Terminal) -> None:
    """While something is under way both keys ask; E ends it, and then nothing is asked."""
    world.transport.hold("limit=200")
    await terminal.press("e")
    await terminal.is_asked("Export")
    await terminal.press("enter")
    await terminal.sees("exporting Audit")
    for key in ("q", "ctrl+q"):
        await asks(terminal, key, "Quit?", "exporting Audit")
    await terminal.press("E")
    await terminal.hears("was cancelled; nothing was written")
    await terminal.press("q")
    await terminal.until(lambda: not terminal.app.is_running)
