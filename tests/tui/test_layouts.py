"""How each view is laid out, at both sizes. UPDATE_LAYOUTS=1 writes the pictures anew: look at them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.canned import still
from tests.tui.world import Terminal
from tui.themes import ROUND

pytestmark = pytest.mark.anyio

PICTURES = Path(__file__).parent / "layouts"

VIEWS: dict[str, tuple[tuple[str, ...], str]] = {
    "overview": ((), "Keys most recently used"),
    "users": (("2",), "mallory@"),
    "user": (("2", "down", "enter"), "Signs in by"),
    "keys": (("3",), "old laptop"),
    "key": (("3", "enter"), "Scopes"),
    "sessions": (("4",), "Program"),
    "session": (("4", "enter"), "Program"),
    "audit": (("5",), "auth.login"),
    "event": (("5", "enter"), "reason"),
    "marked": (("3", "space", "space"), "2 marked"),
    "revoke": (("3", "R", "space", "space", "space", "x"), "Type 3"),
    "logout": (("2", "R", "down", "l"), "of theirs go on working"),
    "new-user": (("2", "R", "n"), "New user"),
    "export": (("3", "e"), "chooses the format"),
    "help": (("3", "question_mark"), "Signs"),
}


@pytest.mark.parametrize("view", VIEWS)
async def test_a_view_looks_as_it_did(view: str, size: tuple[int, int], tmp_path: Path) -> None:
    keys, words = VIEWS[view]
    app = still(tmp_path)
    async with app.run_test(size=size) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        for key in keys:
            await terminal.press(key)
            await settled(terminal)
        await terminal.until(lambda: words in terminal.text or words in terminal.question)
        await settled(terminal)
        compare(f"{size[0]}x{size[1]}-{view}", terminal.lines)


async def test_getting_in_looks_as_it_did(size: tuple[int, int], tmp_path: Path) -> None:
    app = still(tmp_path, api_key=None)
    async with app.run_test(size=size) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("Password")
        await settled(terminal)
        compare(f"{size[0]}x{size[1]}-sign-in", terminal.lines)


async def test_a_context_is_named_in_its_colour_and_locked(tmp_path: Path) -> None:
    app = still(tmp_path, context="production", colour="red", lock="the context production is")
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees(" production https://auth.example.com/api", "READ-ONLY (locked)")


@pytest.mark.parametrize("theme", ROUND)
async def test_every_theme_draws_every_view(theme: str, tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        app.theme = theme
        for key, words in (("2", "mallory@"), ("3", "old laptop"), ("5", "auth.login")):
            await terminal.press(key)
            await terminal.sees(words)
            assert {cell_len(line) for line in terminal.lines} == {80}


async def settled(terminal: Terminal) -> None:
    """Until nothing changes any more."""
    before: list[str] = []
    while terminal.lines != before:
        before = terminal.lines
        await terminal.pilot.pause(0.05)


def compare(name: str, lines: list[str]) -> None:
    file = PICTURES / f"{name}.txt"
    picture = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("UPDATE_LAYOUTS"):
        PICTURES.mkdir(exist_ok=True)
        file.write_text(picture, "utf-8")
    assert picture == file.read_text("utf-8"), f"{name} has changed; see this module's first line"
