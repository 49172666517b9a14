"""`[` leads back to where one was, `]` on again."""

from __future__ import annotations

import pytest

from tests.tui.world import World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]


async def test_one_goes_back_and_forth_through_where_one_was(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.press("home", "enter")
        await terminal.sees("Users › ann@example.com")
        await terminal.press("3")
        await terminal.sees("the dashboard's", "1 row")
        await terminal.press("left_square_bracket")
        await terminal.sees("Users › ann@example.com")
        await terminal.press("left_square_bracket")
        await terminal.sees("Users", "2 rows")
        await terminal.press("left_square_bracket", "left_square_bracket")
        await terminal.hears("this is the first place")
        await terminal.bursts("]", "]", "]")
        await terminal.sees("API keys", "the dashboard's")
        await terminal.press("right_square_bracket")
        await terminal.hears("this is the last place")


async def test_what_was_ahead_is_forgotten_where_one_goes_elsewhere(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.press("3", "left_square_bracket", "4", "right_square_bracket")
        await terminal.hears("this is the last place")
        await terminal.press("left_square_bracket")
        await terminal.sees("Users", "root@example.com")
