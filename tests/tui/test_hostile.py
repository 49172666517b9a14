"""Names are chosen by strangers: whatever they write, it stays text on its line."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from tests.tui.world import SMALL, World

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


@pytest.mark.parametrize("size", [SMALL], ids=["80x24"])
async def test_no_name_styles_or_breaks_anything(world: World) -> None:
    for number, name in enumerate(NAMES):
        await world.user(f"user{number}@example.com", name)
        await world.key(f"user{number}@example.com", name)
    count = len(NAMES) + 1
    async with world.terminal() as terminal:
        await terminal.opens("2", f"{count} rows")
        is_straight(terminal.lines, SMALL[0])
        assert "[bold red]" in terminal.text
        for _ in NAMES:
            await terminal.press("enter")
            await terminal.sees("Signs in by")
            is_straight(terminal.lines, SMALL[0])
            await terminal.press("escape", "down")
        await terminal.press("3")
        await terminal.sees(f"{count} rows", "[bold red]")
        is_straight(terminal.lines, SMALL[0])
        await terminal.arms()
        await terminal.press("slash", *"user", "enter")
        await terminal.sees(f"{len(NAMES)} rows")
        await terminal.press(*["space"] * len(NAMES), "x")
        await terminal.is_asked("[bold red]Mallory[/] of user0@example.com, never used")
        is_straight(terminal.lines, SMALL[0])
        await terminal.press(str(len(NAMES)), "enter")
        await terminal.hears(f"revoked {len(NAMES)} API keys")


def is_straight(lines: list[str], width: int) -> None:
    """Every line is as wide as the screen, and holds nothing that moves a cursor."""
    for line in lines:
        assert cell_len(line) == width, line
        assert line.isprintable(), line
