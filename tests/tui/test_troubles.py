"""What fails once: a list finds back by itself, and an end without one tells no secret."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from models import database
from tests.tui.by_hand import many_users
from tests.tui.world import Terminal, World, at_one_size
from tui.http.errors import Missing, Refused, Trouble, Unreachable
from tui.http.feed import Event
from tui.lists.page_buffer import PAGE_ROWS
from tui.widgets import fetcher
from tui.widgets.list_pane import ListPane

pytestmark = [pytest.mark.anyio, at_one_size]


class Failing:
    """A question of the client's that fails until it is let through."""

    def __init__(
        self,
        terminal: Terminal,
        name: str,
        monkeypatch: pytest.MonkeyPatch,
        trouble: Trouble | None = None,
    ) -> None:
        self._trouble = trouble or Unreachable("it broke")
        self._ask = getattr(terminal.app.client, name)
        self.is_broken = True
        self.tries = 0
        monkeypatch.setattr(fetcher, "AGAIN_SECONDS", 0.5)
        monkeypatch.setattr(terminal.app.client, name, self)

    async def __call__(self, *of: Any) -> Any:
        self.tries += 1
        if self.is_broken:
            raise self._trouble
        return await self._ask(*of)


async def test_a_list_that_could_not_be_loaded_anew_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        page = Failing(terminal, "page", monkeypatch)
        await world.user("ann@example.com")
        await terminal.sees("! it broke", "shown as of", "● live")
        page.is_broken = False
        await terminal.sees("ann@example.com", "2 rows")
        await terminal.no_longer_sees("it broke")


async def test_a_row_that_could_not_be_loaded_anew_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows", "● live")
        one = Failing(terminal, "one", monkeypatch)
        await world.ask("PATCH", f"/v1/admin/users/{user['id']}", json={"disabled": True})
        await terminal.sees("! it broke")
        one.is_broken = False
        await terminal.sees("disabled")
        await terminal.no_longer_sees("it broke")


async def test_a_list_that_was_refused_from_the_start_is_not_asked_for_all_the_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.terminal() as terminal:
        await terminal.sees("Overview", "● live")
        page = Failing(terminal, "page", monkeypatch, Refused("slowly", status=429))
        await terminal.opens("2", "! slowly")
        pane = terminal.table.parent
        assert isinstance(pane, ListPane)
        assert pane.live.fetcher.is_resting
        page.is_broken = False
        await terminal.sees("1 row")


async def test_a_page_of_one_row_is_asked_for_again_only_once_it_was_answered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await world.user("ann@example.com", "Ann")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows", "● live")
        await terminal.press("slash", *"ann@", "enter", "enter")
        await terminal.sees("Signs in by", "Ann")
        one, asked, let_go = terminal.app.client.one, [], asyncio.Event()

        async def slow(*of: Any) -> Any:
            asked.append(of)
            await let_go.wait()
            return await one(*of)

        monkeypatch.setattr(terminal.app.client, "one", slow)
        # Everything that happens to a user may change what is shown of them.
        happened = Event("audit", {"id": "1", "user_id": user["id"]})
        terminal.app.publish((happened,))
        await terminal.until(lambda: bool(asked))
        for _ in range(5):
            terminal.app.publish((happened,))
            await terminal.pilot.pause()
        assert len(asked) == 1
        await world.ask("PATCH", f"/v1/admin/users/{user['id']}", json={"name": "Ann M."})
        let_go.set()
        await terminal.sees("Ann M.")


async def test_a_row_that_is_back_can_be_acted_on_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.user("ann@example.com")
    await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await terminal.press("slash", *"ci-deploy", "enter", "enter")
        await terminal.sees("Scopes")
        one = Failing(terminal, "one", monkeypatch, Missing("API key not found", status=404))
        await terminal.press("f5")
        await terminal.sees("✗ this is no longer there")
        one.is_broken = False
        await terminal.press("f5")
        await terminal.no_longer_sees("✗ this is no longer there")
        await terminal.press("R", "x")
        await terminal.is_asked("Revoke this API key?")


async def test_a_new_order_is_not_given_up_for_the_old_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many_users(4 * PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("2", f"{PAGE_ROWS} rows loaded, more below")
        await terminal.press("s")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "p0000@example.com")
        for _ in range(14):
            await terminal.press("pagedown")
        await terminal.until(lambda: not terminal.table.window.begins_the_list)
        page, let_go = terminal.app.client.page, asyncio.Event()

        async def slow(*of: Any) -> Any:
            await let_go.wait()
            return await page(*of)

        monkeypatch.setattr(terminal.app.client, "page", slow)
        await terminal.press("S")
        # While that is on its way, something else wants the list anew.
        await terminal.press("f5")
        let_go.set()
        await terminal.until(lambda: terminal.table.window.rows[0].email == "root@example.com")
        assert terminal.table.window.begins_the_list
        await terminal.no_longer_sees("!")


async def test_who_gives_up_a_question_leaves_the_next_one_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        pane = terminal.table.parent
        assert isinstance(pane, ListPane)
        gone, left = asyncio.Event(), asyncio.Event()

        async def slow(*_: Any) -> Any:
            try:
                await asyncio.sleep(60)
            finally:
                if not gone.is_set():
                    gone.set()
                    # To close a connection takes a moment.
                    await left.wait()

        monkeypatch.setattr(terminal.app.client, "page", slow)
        pane.load_anew()
        await terminal.pilot.pause()
        pane.load_anew()
        await gone.wait()
        left.set()
        await terminal.pilot.pause()
        assert pane.live.fetcher.is_asking


async def test_a_time_that_nobody_can_read_hides_no_row(world: World) -> None:
    user = await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    hers = f"user_id = '{user['id']}'"
    for table, column, which in (
        ("users", "created_at", f"id = '{user['id']}'"),
        ("api_keys", "created_at", f"id = '{key['id']}'"),
        ("refresh_tokens", "created_at", hers),
        ("audit_events", "at", hers),
    ):
        await database.connection().execute_script(
            f"UPDATE {table} SET {column} = '2026-02-30 12:00:00+00:00' WHERE {which}"
        )
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows", "ann@example.com", "unknown")
        await terminal.press("S", "slash")
        await terminal.write("ann@")
        await terminal.press("enter")
        await terminal.sees("1 row")
        await terminal.press("enter")
        await terminal.sees("Created", "unknown")
        for view in "45":
            await terminal.opens(view, "unknown", " rows")
        await terminal.opens("3", "ci-deploy")
        await terminal.press("down", "enter")
        await terminal.sees_like(r"Created\s+unknown")


async def test_an_end_by_a_defect_shows_no_values(world: World) -> None:
    async with world.terminal() as terminal:
        app = terminal.app
        app._close_messages_no_wait = lambda: None  # type: ignore[method-assign]
        try:
            password = world.operator_key
            raise RuntimeError(len(password))  # noqa: TRY301
        except RuntimeError:
            app._fatal_error()
        with app.console.capture() as shown:
            app.console.print(*app._exit_renderables)
        app._exit_renderables.clear()
        assert "RuntimeError" in shown.get()
        assert "evr_" not in shown.get()
