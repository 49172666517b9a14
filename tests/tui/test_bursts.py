"""Keys that come all at once keep their order: letters, bound keys and what is pasted."""

from __future__ import annotations

import pytest
from textual.events import Paste
from textual.widgets import Input

from tests.api.clients import OPERATOR_EMAIL, OPERATOR_PASSWORD
from tests.tui.world import Terminal, World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]

Keys = tuple[str | Paste, ...]
BURSTS: dict[str, Keys] = {
    "ac": ("a", "b", "backspace", "c"),
    "c": ("a", "b", "ctrl+u", "c"),
    "acb": ("a", "b", "left", "c"),
    "cb": ("a", "b", "home", "delete", "c"),
    "bac": ("a", "home", "b", "end", "c"),
    "abc": ("a", "c", "left", "right", "backspace", "b", "c"),
    "abx": ("a", Paste("bc"), "backspace", "x"),
    "d c": ("a", " ", "b", "backspace", "c", "home", "delete", "d"),
}
# What opens each input, in the list of users.
OPENING: dict[str, Keys] = {
    "filter": ("/",),
    "palette": (":",),
    "new user": ("n",),
    "roles": ("m",),
    "export": ("e",),
    "what is typed": ("home", " ", " ", "l"),
}


def value(terminal: Terminal) -> str:
    return terminal.app.focused.value if isinstance(terminal.app.focused, Input) else ""


@pytest.mark.parametrize("opening", OPENING)
async def test_what_is_typed_keeps_its_order_in(world: World, opening: str) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.arms()
        for text, keys in BURSTS.items():
            await terminal.bursts(*OPENING[opening], "end", "ctrl+u", *keys)
            assert value(terminal) == text
            await terminal.bursts("escape", "u")
            await terminal.sees("2 rows")
            assert not isinstance(terminal.app.focused, Input)


@pytest.mark.parametrize("name", ["url", "email", "password"])
async def test_what_is_typed_keeps_its_order_at_sign_in(world: World, name: str) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        terminal.app.screen.set_focus(terminal.app.screen.query_one(f"#{name}"))
        for text, keys in BURSTS.items():
            await terminal.bursts("end", "ctrl+u", *keys)
            assert value(terminal) == text


async def test_a_password_manager_signs_in_at_once(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        email, password = Paste(OPERATOR_EMAIL + "x"), Paste(OPERATOR_PASSWORD)
        # What comes behind the last Enter is no part of the password.
        await terminal.bursts(email, "backspace", "enter", password, "enter", "z")
        await terminal.sees("● live", "READ-ONLY")


async def test_a_form_is_filled_in_at_once(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.arms()
        keys = ("x", "backspace", *"cleo@example.com", "enter", *"Cleo", "tab", "tab", "ctrl+u")
        await terminal.bursts("n", *keys, *"dev", "enter")
        await terminal.hears("created cleo@example.com (dev), without a password")


async def test_escape_leaves_an_input_before_the_next_key(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.arms()
        await terminal.bursts("/", "a", "escape", "n", "x", "escape", "end", "d")
        await terminal.is_asked("Disable root@example.com?")
        await terminal.bursts("escape", "home", "d")
        await terminal.is_asked("Disable ann@example.com?")


async def test_what_was_typed_is_confirmed_at_once(world: World) -> None:
    for email in ("ann@example.com", "bob@example.com"):
        await world.user(email)
    async with world.terminal() as terminal:
        await terminal.opens("2", "3 rows")
        await terminal.arms()
        await terminal.bursts("home", " ", " ", "l", "2", "3", "backspace", "enter")
        await terminal.hears("ended ")
