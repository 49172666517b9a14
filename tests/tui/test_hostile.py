"""Names are chosen by strangers: whatever they write, it stays text on its line."""

from __future__ import annotations

import httpx
import pytest
from rich.cells import cell_len

from models import ApiKey, User
from tests.tui import canned
from tests.tui.world import SMALL, Terminal, World, at_one_size

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
        made = await world.user(f"user{number}@example.com")
        key = await world.key(f"user{number}@example.com", "ci")
        # Written by hand: the server refuses some of them since 0.4.
        await User.filter(id=made["id"]).update(name=name)
        await ApiKey.filter(id=key["id"]).update(name=name)
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


@at_one_size
async def test_an_impostor_is_seen_and_copied_as_written(world: World) -> None:
    impostor = "zoe\ufe0f@example.com"

    async def answering(request: httpx.Request) -> httpx.Response:
        answer = await canned.answer(request)
        if request.url.path.endswith("/stream"):
            return answer
        content = answer.content
        return httpx.Response(200, content=content.replace(b"ann@example.com", impostor.encode()))

    app = canned.still(world.folder, answering)
    async with app.run_test(size=world.size, notifications=True) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.opens("2", "zoe�@example.com", "zoe@example.com")
        await terminal.arms()
        await terminal.press("home", "Y")
        assert app.clipboard == impostor
        await terminal.hears("copied the e-mail: zoe�@example.com")
        await terminal.press("enter")
        await terminal.sees("Users › zoe�@example.com", "Signs in by")
        app.clear_notifications()
        await terminal.press("Y")
        await terminal.hears("copied the e-mail: zoe�@example.com")
        assert app.clipboard == impostor


def is_straight(lines: list[str], width: int) -> None:
    """Every line is as wide as the screen, and holds nothing that moves a cursor."""
    for line in lines:
        assert cell_len(line) == width, line
        assert line.isprintable(), line
