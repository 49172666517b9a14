"""Lists that are longer than what is loaded of them: windows, moves ahead of the rows, pieces."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from api.administration import queries
from models.lists.budget import Budget
from tests.tui.by_hand import keys_in_use, many_users
from tests.tui.world import SMALL, Size, World
from tui.http.errors import Unreachable
from tui.lists.api_keys import API_KEYS
from tui.lists.page_buffer import PAGE_ROWS, PAGES

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Every key is pressed, and every dialog drawn, at both sizes elsewhere."""
    return SMALL


async def test_a_long_list_is_a_window_that_forgets(world: World) -> None:
    users = 4 * PAGE_ROWS
    await many_users(users)
    async with world.terminal() as terminal:
        await terminal.opens("2", f"{PAGE_ROWS} rows loaded, more below")
        await terminal.press("s")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "p0000@example.com")
        seen = []
        for _ in range(users):
            if terminal.current.email == "root@example.com":
                break
            seen.append(terminal.current.email)
            await terminal.press("pagedown")
            assert len(terminal.table.window.rows) <= PAGES * PAGE_ROWS
        assert terminal.current.email == "root@example.com"
        assert seen == sorted(seen)
        await terminal.sees("more above")
        for _ in range(users):
            if terminal.current.email == "p0000@example.com":
                break
            await terminal.press("pageup")
        assert terminal.current.email == "p0000@example.com"
        await terminal.press("end")
        await terminal.press("home")
        await terminal.until(lambda: terminal.current.email == "p0000@example.com")


async def test_a_move_that_is_ahead_of_the_rows_is_finished_when_they_come(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_users(4 * PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("2", f"{PAGE_ROWS} rows loaded, more below")
        await terminal.press("s")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "p0000@example.com")
        answered, page = asyncio.Event(), terminal.app.client.page

        async def slow(*of: Any) -> Any:
            await answered.wait()
            return await page(*of)

        monkeypatch.setattr(terminal.app.client, "page", slow)
        await terminal.press("end")
        assert terminal.current.email == f"p{PAGE_ROWS - 1:04}@example.com"
        await terminal.press("pagedown", "down")
        assert terminal.current.email == f"p{PAGE_ROWS - 1:04}@example.com"
        answered.set()
        # The last of the keys is what counts.
        await terminal.until(lambda: terminal.current.email == f"p{PAGE_ROWS:04}@example.com")
        await terminal.pilot.pause(0.2)
        assert terminal.current.email == f"p{PAGE_ROWS:04}@example.com"


async def test_a_move_whose_rows_do_not_come_is_given_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_users(4 * PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("2", f"{PAGE_ROWS} rows loaded, more below")
        page = terminal.app.client.page
        answered = asyncio.Event()

        async def failing(*of: Any) -> Any:
            await answered.wait()
            raise Unreachable("no answer")

        monkeypatch.setattr(terminal.app.client, "page", failing)
        await terminal.press("end", "pagedown")
        last = terminal.current.id
        answered.set()
        await terminal.sees("no answer")
        monkeypatch.setattr(terminal.app.client, "page", page)
        # Rows that come later for another reason do not carry the cursor away.
        await terminal.press("f5")
        await terminal.no_longer_sees("no answer")
        window = terminal.table.window
        more = window.rows[0].model_copy(update={"id": "00000000-0000-7000-8000-000000000001"})
        terminal.table.show(replace(window, rows=(*window.rows, more)))
        assert terminal.current.id == last


async def test_a_search_that_is_answered_in_empty_pieces_goes_on_by_itself(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_users(40)
    await world.user("zoe@example.com", "Zoe")
    in_small_pieces(monkeypatch)
    async with world.terminal() as terminal:
        await terminal.opens("2", "● live")
        await terminal.press("S")
        await terminal.press("slash")
        await terminal.write("zoe")
        await terminal.press("enter")
        await terminal.sees("zoe@example.com", "1 row")
        assert len(terminal.table.window.rows) == 1
        # And where each piece holds a few, the page is whole all the same.
        await terminal.press("escape", "slash")
        await terminal.write("user")
        await terminal.press("enter")
        await terminal.until(lambda: len(terminal.table.window.rows) == 40)
        await terminal.press("f5")
        await terminal.pilot.pause(0.3)
        assert len(terminal.table.window.rows) == 40


async def test_a_key_is_found_by_its_prefix_in_whichever_piece(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keys_in_use(40)
    await world.user("zoe@example.com", "Zoe")
    key = await world.key("zoe@example.com", "zoe's own")
    in_small_pieces(monkeypatch)
    async with world.terminal() as terminal:
        await terminal.sees("● live")
        terminal.app.open_by_name(API_KEYS, key["key_prefix"].rstrip("."))
        await terminal.sees("API keys › zoe's own")


def in_small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a search look at five rows only before it answers."""
    five_rows = Budget(
        few_candidates=0,
        always_sorted=0,
        most_sorted=0,
        first_batch=5,
        near_batch=0,
        further_batch=5,
        seconds=-1,
    )
    monkeypatch.setattr(queries, "BUDGET", five_rows)
