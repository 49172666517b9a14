"""Names are chosen by strangers: whatever they write, it stays text on its line."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.tui.world import World

pytestmark = pytest.mark.anyio

NAMES = (
    "[bold red]Mallory[/]",
    "[/]",
    "$primary {x}",
    "\u202egnihtyreve\u202c",
    "a\u0301\u0302\u0303\u0304\u0305\u0306",
    "王小明王小明王小明王小明王小明王小明",
    "👩\u200d👩\u200d👧 family",
    "x" * 200,
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_name_styles_and_breaks_nothing(world: World, name: str) -> None:
    await world.user("ann@example.com", name)
    key = await world.key("ann@example.com", name)
    await world.use(key["key"])
    async with world.terminal((80, 24)) as terminal:
        await terminal.opens("2", "ann@example.com", "2 rows")
        is_straight(terminal.lines, 80)
        await terminal.press("enter")
        await terminal.sees("Signs in by")
        is_straight(terminal.lines, 80)
        await terminal.press("escape", "3")
        await terminal.sees("ann@example.com", "2 rows")
        is_straight(terminal.lines, 80)
        await terminal.arms()
        await terminal.press("slash", *"ann@", "enter")
        await terminal.sees("1 row")
        await terminal.press("x")
        await terminal.is_asked("of ann@example.com, last used", name[:3] if name.isascii() else "")
        is_straight(terminal.lines, 80)
        await terminal.press("y")
        await terminal.hears("revoked")


def is_straight(lines: list[str], width: int) -> None:
    """Every line is as wide as the screen, and holds nothing that moves a cursor."""
    for line in lines:
        assert cell_len(line) == width, line
        assert line.isprintable(), line
