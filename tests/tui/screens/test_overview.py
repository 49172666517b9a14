"""The first view: the keys used last are those used last, from the first moment on."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from models import database
from tests.tui.by_hand import keys_in_use
from tests.tui.world import World, at_one_size
from tui.lists.page_buffer import PAGE_ROWS

# What is shown as it happens, and no key or dialog.
pytestmark = [pytest.mark.anyio, at_one_size]


async def test_a_use_before_the_feed_began_is_caught_up_with(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    world.transport.hold("/v1/admin/stream")
    async with world.terminal() as terminal:
        await terminal.sees("ci-deploy", "never")
        await world.use(key["key"])
        await written(key["id"])
        world.transport.let_go()
        await terminal.sees("● live")
        await terminal.until(
            lambda: any("ci-deploy" in line and " s ago" in line for line in terminal.lines)
        )


async def test_a_key_that_is_not_loaded_comes_to_the_head_by_being_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.widgets.fetcher.FRESH_SECONDS", 60)
    monkeypatch.setattr("tui.app.TICK_SECONDS", 60)
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "once a year")
    await keys_in_use(PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.sees("● live", "in use 59")
        assert terminal.table.window.row(key["id"]) is None
        await world.use(key["key"])
        await terminal.sees("● once a year")


async def test_the_keys_are_watched_until_one_steps_in(world: World) -> None:
    await world.user("ann@example.com")
    keys = [await world.key("ann@example.com", f"key-{number}") for number in range(9)]
    async with world.terminal() as terminal:
        await terminal.sees("● live", "the dashboard's")
        assert not any(line.startswith("›") for line in terminal.lines)
        for number in (8, 3, 5, 7, 2, 4, 6):
            await world.use(keys[number]["key"])
            await terminal.sees(f"● key-{number}")
        await terminal.press("down", "down")
        row: Any = terminal.current
        assert row.name in terminal.current_line
        for number in (0, 1):
            await world.use(keys[number]["key"])
            await terminal.sees(f"● key-{number}")
            assert terminal.current.id == row.id
            assert row.name in terminal.current_line
        await terminal.press("escape")
        assert not any(line.startswith("›") for line in terminal.lines)
        await terminal.press("enter")
        assert terminal.current_line in terminal.lines
        await terminal.press("enter")
        await terminal.sees("API keys › ")


async def test_the_head_of_a_list_stays_while_the_cursor_is_near(world: World) -> None:
    await world.user("ann@example.com")
    keys = [await world.key("ann@example.com", f"key-{number:02}") for number in range(24)]
    async with world.terminal() as terminal:
        await terminal.opens("3", "key-20", "● live")
        row = terminal.current.id
        for number in (20, 21):
            await world.use(keys[number]["key"])
            await terminal.sees(f"● key-{number}")
        assert terminal.current.id == row


async def written(key_id: str) -> None:
    """Come back once the server has written down that the key was used."""
    asked = f"SELECT last_used_at FROM api_keys WHERE id = '{key_id}'"
    with anyio.fail_after(10):
        while (await database.connection().execute_query(asked))[1][0][0] is None:  # noqa: ASYNC110  (nothing to be woken by)
            await anyio.sleep(0.05)
