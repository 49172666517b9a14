"""A use is shown in whichever order it comes with the answers of the server.

Nothing is asked for in vain by the clock here: a use that is missed stays missed.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.tui.by_hand import keys_in_use
from tests.tui.world import Terminal, World, at_one_size
from tui.lists.page_buffer import PAGE_ROWS
from tui.widgets.list_pane import ListPane

pytestmark = [pytest.mark.anyio, at_one_size]


@pytest.fixture(autouse=True)
def _no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.widgets.fetcher.FRESH_SECONDS", 60)
    monkeypatch.setattr("tui.app.TICK_SECONDS", 60)


async def test_a_use_is_looked_for_although_another_look_is_under_way(world: World) -> None:
    await world.user("ann@example.com")
    keys = [await world.key("ann@example.com", name) for name in ("once a year", "twice a year")]
    await keys_in_use(PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("3", "● live", "in use 59")
        world.transport.hold("limit=60")
        await used(terminal, world, keys[0])
        await terminal.until(lambda: pane_of(terminal).live.fetcher.is_asking)
        await used(terminal, world, keys[1])
        world.transport.let_go()
        await terminal.sees("once a year", "twice a year")


async def test_a_use_is_looked_for_although_the_server_was_slow(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.widgets.fetcher.SLOW_SECONDS", 0)
    monkeypatch.setattr("tui.widgets.fetcher.REST", 30)
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "once a year")
    await keys_in_use(PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("3", "● live", "in use 59")
        await terminal.press("f5")
        await world.use(key["key"])
        await terminal.sees("once a year")


async def test_an_answer_that_is_older_than_a_use_does_not_undo_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "● live", "never used")
        page, let_go, is_answered = terminal.app.client.page, asyncio.Event(), asyncio.Event()

        async def late(*of: Any) -> Any:
            answer = await page(*of)
            is_answered.set()
            await let_go.wait()
            return answer

        monkeypatch.setattr(terminal.app.client, "page", late)
        await terminal.press("f5")
        await is_answered.wait()
        await used(terminal, world, key)
        let_go.set()
        await terminal.until(lambda: not pane_of(terminal).live.fetcher.is_asking)
        assert terminal.table.window.rows[0].id == key["id"]
        await terminal.no_longer_sees("never used")


def pane_of(terminal: Terminal) -> ListPane[Any]:
    return terminal.app.screen.query_one(ListPane)


async def used(terminal: Terminal, world: World, key: dict[str, Any]) -> None:
    """Use the key, and come back once the dashboard was told."""
    told: list[str] = []
    pane = pane_of(terminal)
    handle = pane.handle

    def noted(event: Any) -> None:
        handle(event)
        told.append(event.id)

    pane.handle = noted  # type: ignore[method-assign]
    await world.use(key["key"])
    await terminal.until(lambda: key["id"] in told)
