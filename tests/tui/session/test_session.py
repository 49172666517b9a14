"""A sign-in that ends while the dashboard is open: nothing that was begun in it goes on after it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from tests.support.waiting import until
from tests.tui import canned
from tui.app import Dashboard
from tui.http import feed
from tui.screens.dialogs.confirm import Confirm
from tui.screens.dialogs.form import Form
from tui.screens.lists import ListView
from tui.screens.overview import OverviewView
from tui.screens.sign_in import SignIn
from tui.widgets.table import Table

pytestmark = pytest.mark.anyio

OTHER = "Bearer other"


class Server:
    """The canned server, which forgets everybody but whoever signs in after that."""

    def __init__(self) -> None:
        self.is_over = False
        self.is_slow = asyncio.Event()
        self.changes: list[httpx.Request] = []
        self.questions = self.logins = 0
        self.is_slow.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path.endswith("/auth/config"):
            self.questions += 1
            await self.is_slow.wait()
            return await canned.answer(request)
        if path.endswith("/auth/login"):
            self.logins += 1
            form = {"access_token": "other", "refresh_token": "r", "expires_in": 900}
            return httpx.Response(200, json=form)
        if self.is_over and request.headers.get("authorization") != OTHER:
            return httpx.Response(401, json={"error": "Invalid API key"})
        if request.method != "GET":
            self.changes.append(request)
            return httpx.Response(204)
        return await canned.answer(request)


def top(app: Dashboard, kind: type[Screen[Any]]) -> bool:
    return isinstance(app.screen, kind)


async def opens(app: Dashboard, pilot: Pilot[int], view: str, kind: type[Screen[Any]]) -> None:
    await until(lambda: top(app, OverviewView))
    await pilot.press(view)
    await until(lambda: top(app, kind))


async def ends(server: Server, app: Dashboard) -> None:
    """The sign-in ends, and some part of the view meets it."""
    server.is_over = True
    for live in app.navigator.lives:
        live.reload()
    await until(lambda: top(app, SignIn))


async def signs_in_again(app: Dashboard, pilot: Pilot[int]) -> None:
    await until(lambda: getattr(app.focused, "id", "") == "email")
    app.screen.query_one("#email", Input).value = "somebody-else@example.com"
    app.screen.query_one("#password", Input).value = "correct horse"
    await pilot.press("tab", "enter")
    await until(lambda: not app.is_signing_in)


async def test_a_question_ends_with_the_sign_in_it_was_asked_in(tmp_path: Path) -> None:
    server = Server()
    app = canned.still(tmp_path, server)
    async with app.run_test() as pilot:
        await opens(app, pilot, "3", ListView)
        await until(lambda: len(app.screen.query(Table).first().window.rows) > 0)
        await pilot.press("down", "R", "x")
        await until(lambda: top(app, Confirm))
        await ends(server, app)
        await signs_in_again(app, pilot)
        assert [type(screen) for screen in app.screen_stack] == [ListView]
        await pilot.press("y")
        await pilot.pause()
    assert server.changes == []


async def test_a_form_does_not_come_back_over_the_sign_in(tmp_path: Path) -> None:
    server = Server()
    app = canned.still(tmp_path, server)
    async with app.run_test() as pilot:
        await opens(app, pilot, "2", ListView)
        await pilot.press("R", "n")
        await until(lambda: top(app, Form))
        server.is_over = True
        for _ in range(4):
            await pilot.press("enter")
        await until(lambda: top(app, SignIn))
        await pilot.pause()
        assert [type(screen) for screen in app.screen_stack] == [ListView, SignIn]


async def test_a_palette_over_the_sign_in_goes_with_it(tmp_path: Path) -> None:
    server = Server()
    app = canned.still(tmp_path, server)
    async with app.run_test() as pilot:
        await opens(app, pilot, "3", ListView)
        server.is_slow.clear()
        before = server.questions
        await ends(server, app)
        # It asks once it is on screen, which it is not below a palette.
        await until(lambda: server.questions > before)
        await pilot.press("ctrl+p")
        await until(lambda: top(app, CommandPalette))
        server.is_over = False
        server.is_slow.set()
        await until(lambda: not app.is_signing_in)
        assert [type(screen) for screen in app.screen_stack] == [ListView]


async def test_a_deed_over_many_stops_at_the_first_that_nobody_may_do(tmp_path: Path) -> None:
    server = Server()
    app = canned.still(tmp_path, server)
    async with app.run_test() as pilot:
        await opens(app, pilot, "2", ListView)
        await until(lambda: len(app.screen.query(Table).first().window.rows) > 0)
        await pilot.press("down", "R", "space", "space", "D")
        await until(lambda: top(app, Confirm))
        server.is_over = True
        await pilot.press("2", "enter")
        await until(lambda: top(app, SignIn))
    assert server.changes == []


async def test_another_server_is_asked_with_nothing_left_at_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "LONGEST_WAIT_SECONDS", feed.FIRST_WAIT_SECONDS)
    server = Server()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "elsewhere.example.com":
            raise httpx.ConnectError("refused", request=request)
        if request.url.path.endswith("/stream"):
            return httpx.Response(503, json={"error": "stopping"})
        return await server(request)

    app = canned.still(tmp_path, answer)
    async with app.run_test() as pilot:
        await opens(app, pilot, "3", ListView)
        await ends(server, app)
        await until(lambda: getattr(app.focused, "id", "") == "email")
        app.screen.query_one("#url", Input).value = "https://elsewhere.example.com/api"
        app.screen.query_one("#url", Input).focus()
        await pilot.pause()
        await pilot.press("enter")
        await until(lambda: app.session.target.url == "https://elsewhere.example.com/api")
        # The feed was waiting to ask the first server once more.
        await pilot.pause(2 * feed.LONGEST_WAIT_SECONDS)
        assert app.is_running
