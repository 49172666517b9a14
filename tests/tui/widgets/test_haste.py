"""Keys that are pressed in haste: what was not meant does not happen, and what happens is said."""

from __future__ import annotations

import pytest

from tests.tui.world import World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]


async def test_a_user_without_a_password_is_said_to_have_none(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.arms()
        await terminal.press("n")
        await terminal.write("carol@example.com")
        await terminal.press("enter", "enter", "enter", "enter")
        await terminal.hears("created carol@example.com (user), without a password")


async def test_roles_of_several_are_not_set_at_once(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.arms()
        await terminal.press("home", "space", "space", "m")
        await terminal.hears("roles are set for one user at a time")
        assert not terminal.question


async def test_keys_that_come_at_once_open_one_dialog(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.arms()
        await terminal.press("home")
        await terminal.bursts("d", "e", "d")
        await terminal.is_asked("Disable ann@example.com?")
        await terminal.press("n")
        await terminal.until(lambda: not terminal.question)
        await terminal.bursts("e", "e")
        await terminal.is_asked("Export Users")
        await terminal.press("escape")
        await terminal.until(lambda: not terminal.question)
