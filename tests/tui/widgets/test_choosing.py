"""What an operator chooses in a list: its rows in one go, its columns, and the whole screen for it."""

from __future__ import annotations

import pytest

from tests.tui.by_hand import many_users
from tests.tui.world import World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]


async def test_a_range_goes_from_the_row_marked_last_to_the_cursor(world: World) -> None:
    await many_users(9)
    async with world.terminal() as terminal:
        await terminal.opens("2", "10 rows")
        await terminal.press("down", "V")
        await terminal.sees("✓ 1 marked")
        await terminal.press("down", "down", "down", "V")
        await terminal.sees("✓ 4 marked")
        # Another one goes on from there, in either direction.
        await terminal.press("home", "V")
        await terminal.sees("✓ 5 marked")
        await terminal.press("u", "V")
        await terminal.sees("✓ 1 marked")


async def test_all_loaded_rows_are_marked_and_no_others(world: World) -> None:
    await many_users(100)
    async with world.terminal() as terminal:
        await terminal.opens("2", "60 rows loaded, more below")
        await terminal.press("asterisk")
        await terminal.sees("✓ 60 marked (u unmarks)")


async def test_a_range_waits_for_the_filter_before_it(world: World) -> None:
    await many_users(9)
    async with world.terminal() as terminal:
        await terminal.opens("2", "10 rows", "● live")
        world.transport.hold("q=p000")
        await terminal.bursts("/", *"p000", "enter", "V", "end", "V")
        await terminal.sees("V End V waits")
        world.transport.let_go()
        await terminal.sees("✓ 9 marked")


async def test_hidden_columns_stay_hidden_and_make_room(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "Roles", "Created")
        assert "Sign-in" not in terminal.text
        await terminal.press("C")
        await terminal.is_asked("Columns: Users")
        await terminal.press("space", "down", "space", "enter")
        await terminal.no_longer_sees("Roles State")
        assert "Sign-in" in terminal.text
        # Elsewhere the same columns are seen as before.
        await terminal.press("3")
        await terminal.sees("Prefix")
        await terminal.press("t")
    async with world.terminal() as terminal:
        await terminal.opens("2", "Sign-in")
        assert "Roles State" not in terminal.text
        await terminal.press("C")
        await terminal.is_asked("Columns: Users")
        await terminal.press("space", "escape")
        await terminal.until(lambda: not terminal.question)
        assert "Name" not in terminal.lines[2]


async def test_a_list_has_the_whole_screen_but_for_what_warns(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        await terminal.press("z")
        await terminal.no_longer_sees("Everruns Auth")
        assert "E-mail" in terminal.lines[0]
        assert "1 row" in terminal.lines[-1]
        await terminal.press("3")
        await terminal.sees("the dashboard's")
        assert "Name" in terminal.lines[0]
        await terminal.press("R")
        await terminal.sees("ARMED")
        assert "Name" in terminal.lines[1]
        await terminal.press("z")
        await terminal.sees("ARMED", "? Help", "2 Users")
