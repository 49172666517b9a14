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

# One walk through all views: the picture's name, the keys that lead on to it, and what it shows.
WALK: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("overview", (), "Keys most recently used"),
    ("users", ("2",), "mallory@"),
    ("user", ("down", "enter"), "Signs in by"),
    ("keys", ("escape", "3"), "old laptop"),
    ("key", ("enter",), "Scopes"),
    ("sessions", ("escape", "4"), "Program"),
    ("session", ("enter",), "Program"),
    ("audit", ("escape", "5"), "auth.login"),
    ("event", ("enter",), "reason"),
    ("help", ("escape", "3", "question_mark"), "Signs"),
    ("export", ("escape", "e"), "chooses the format"),
    ("marked", ("escape", "R", "space", "space", "space"), "3 marked"),
    ("revoke", ("x",), "Type 3"),
    ("logout", ("escape", "2", "l"), "of theirs goes on working"),
    ("new-user", ("escape", "n"), "New user"),
)

# What must be named at the bottom of each view, however narrow the screen is.
FOOTERS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("overview", (), ("x Revoke", "R Arm", ": Palette")),
    (
        "users",
        ("2",),
        ("/ Filter", "n New user", "l Logout", "d Disable", "m Roles", "R Arm", ": Palette"),
    ),
    ("user", ("enter",), ("x End", "l Logout", "d Disable", "m Roles", "esc Back", "R Arm")),
    ("user's keys", ("tab",), ("x Revoke", "l Logout", "d Disable", "esc Back", "R Arm")),
    ("user's audit", ("tab",), ("l Logout", "d Disable", "esc Back", "R Arm")),
    ("keys", ("escape", "3"), ("/ Filter", "x Revoke", "f Status", "R Arm", ": Palette")),
    ("key", ("enter",), ("esc Back", "x Revoke", "o Owner", "R Arm")),
    ("sessions", ("escape", "4"), ("/ Filter", "x End", "l Logout", "R Arm", ": Palette")),
    ("session", ("enter",), ("esc Back", "x End", "l Logout", "o Owner", "R Arm")),
    ("audit", ("escape", "5"), ("/ Filter", "R Arm", ": Palette")),
    ("event", ("enter",), ("esc Back", "o User", "a Actor", "R Arm")),
)


async def test_every_view_looks_as_it_did(size: tuple[int, int], tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=size) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        for view, keys, words in WALK:
            for key in keys:
                await terminal.press(key)
                await settled(terminal)
            await terminal.until(
                lambda words=words: words in f"{terminal.text} {terminal.question}"  # type: ignore[misc]
            )
            await settled(terminal)
            compare(f"{size[0]}x{size[1]}-{view}", terminal.lines)


async def test_the_footer_is_whole_in_every_view_at_80_columns(tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        for view, keys, named in FOOTERS:
            await terminal.press(*keys)
            await settled(terminal)
            footer = terminal.lines[-1].rstrip()
            assert footer.endswith("? Help q Quit"), (view, footer)
            assert cell_len(footer) <= 80
            assert all(f" {key} " in f" {footer} " for key in named), (view, footer)


async def test_the_footer_gains_keys_with_room(tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        await terminal.press("2", "enter")
        await terminal.sees("esc Back")
        assert "Filter" not in terminal.lines[-1]
        await pilot.resize_terminal(130, 24)
        await terminal.until(lambda: "/ Filter space Mark" in terminal.lines[-1])


async def test_a_long_program_is_shown_in_full_on_its_page(tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        await terminal.press("4", "enter")
        await terminal.until(lambda: "Firefox/140.0" in "".join(map(str.strip, terminal.lines)))
        assert "…" not in "".join(terminal.lines[2:-1])


async def test_getting_in_looks_as_it_did(size: tuple[int, int], tmp_path: Path) -> None:
    app = still(tmp_path, api_key=None)
    async with app.run_test(size=size) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("Password")
        await settled(terminal)
        compare(f"{size[0]}x{size[1]}-sign-in", terminal.lines)


async def test_a_context_is_named_in_its_colour_and_locked(tmp_path: Path) -> None:
    app = still(
        tmp_path,
        context="production",
        colour="red",
        lock="the context production allows no changes",
    )
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees(" production https://auth.example.com/api", "READ-ONLY (locked)")


async def test_every_theme_draws_every_view(tmp_path: Path) -> None:
    app = still(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.sees("● live", "ci-deploy")
        for key, words in (("2", "mallory@"), ("3", "old laptop"), ("5", "auth.login")):
            await terminal.press(key)
            await terminal.sees(words)
            for theme in ROUND:
                app.theme = theme
                await settled(terminal)
                assert words in terminal.text
                assert {cell_len(line) for line in terminal.lines} == {80}
        # A dialog covers no more than it needs: what is meant stays in sight.
        await terminal.press("R", "2")
        for theme in ROUND:
            app.theme = theme
            await terminal.press("l")
            await terminal.is_asked("on working")
            await settled(terminal)
            assert "ARMED" in terminal.text, theme
            await terminal.press("escape")


async def settled(terminal: Terminal) -> None:
    """Until the footer is there, which comes last, and nothing changes any more."""
    await terminal.until(lambda: terminal.lines[-1].strip() != "")
    pictures: list[list[str]] = []
    while len(pictures) < 3 or pictures[-1] != pictures[-3]:
        pictures.append(terminal.lines)
        await terminal.pilot.pause(0.03)


def compare(name: str, lines: list[str]) -> None:
    file = PICTURES / f"{name}.txt"
    picture = "\n".join(line.rstrip() for line in lines) + "\n"
    if os.environ.get("UPDATE_LAYOUTS"):
        PICTURES.mkdir(exist_ok=True)
        file.write_text(picture, "utf-8")
    assert picture == file.read_text("utf-8"), f"{name} has changed; see this module's first line"
