"""What a terminal is used to: Ctrl-C, Ctrl-L, and no colour where none is wanted."""

from __future__ import annotations

import pytest
from rich.console import RenderableType
from textual.screen import Screen

from tests.tui.world import Terminal, World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ((), "q quits"),
        (("slash", "a"), "Esc: Clear"),
        (("n",), "Esc: Give up"),
        (("e",), "Esc: Give up"),
        (("d",), "Esc: No"),
        (("colon",), "Esc: Exit the command palette"),
        (("question_mark",), "Esc: Close"),
    ],
)
async def test_ctrl_c_says_how_to_leave(world: World, keys: tuple[str, ...], words: str) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.arms()
        await terminal.press(*keys, "ctrl+c")
        await terminal.hears(words)


async def test_ctrl_c_says_how_to_leave_the_sign_in(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        await terminal.press("ctrl+c")
        await terminal.hears("Esc: Quit")


async def test_ctrl_c_copies_what_is_selected(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.press("slash", *"root", "shift+home", "ctrl+c")
        await terminal.until(lambda: terminal.app.clipboard == "root")


def colours(terminal: Terminal) -> set[str]:
    strips = terminal.app.screen._compositor.render_strips()
    filters = [one for one in terminal.app._filters if one.enabled]
    drawn = [
        strip.apply_filter(one, terminal.app.screen.background_colors[1])
        for strip in strips
        for one in filters
    ]
    styles = [segment.style for strip in drawn for segment in strip if segment.style]
    named = [colour for style in styles for colour in (style.color, style.bgcolor) if colour]
    return {colour.name for colour in named} - {"default"}


@pytest.mark.parametrize(("wish", "is_coloured"), [("1", False), ("", True)])
async def test_no_color_takes_all_colour_away(
    world: World, monkeypatch: pytest.MonkeyPatch, wish: str, *, is_coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", wish)
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.press("home", "space", "e")
        await terminal.is_asked("Export Users")
        assert terminal.app.no_color != is_coloured
        assert bool(colours(terminal)) == is_coloured


@pytest.mark.parametrize("key", ["ctrl+l", "f5"])
@pytest.mark.parametrize("view", ["1", "2"])
async def test_everything_is_drawn_anew(
    world: World, monkeypatch: pytest.MonkeyPatch, key: str, view: str
) -> None:
    async with world.terminal() as terminal:
        await terminal.opens(view, "root@example.com" if view == "2" else "sign-ins")
        drawn: list[str] = []
        display = terminal.app._display

        def noted(screen: Screen[object], drawing: RenderableType | None) -> None:
            drawn.append(type(drawing).__name__)
            display(screen, drawing)

        monkeypatch.setattr(terminal.app, "_display", noted)
        await terminal.press(key)
        await terminal.until(lambda: "LayoutUpdate" in drawn)
