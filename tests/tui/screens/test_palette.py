"""The palette: what a key does, what can be done elsewhere, and acting on an id that is not on screen."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from tests.tui.world import SMALL, World
from tui.lists.users import USERS

# Every key is pressed at both sizes in test_every_key.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("size", [SMALL], ids=["80x24"])]


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_does_what_a_key_does(world: World, key: str) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "root@example.com")
        await terminal.press(key)
        await terminal.write("view: sessions")
        await terminal.sees("View: Sessions (4)")
        await terminal.press("enter")
        await terminal.sees("Program")


async def test_the_palette_leads_to_what_can_be_done_elsewhere(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.press("colon")
        await terminal.write("force logout")
        await terminal.sees("(in Users: 2, then l)", "(in Sessions: 4, then l)")
        await terminal.press("enter")
        await terminal.sees("E-mail", "Roles")
        await terminal.hears("l: Force logout")


async def test_the_palette_acts_on_an_id_that_is_not_on_screen(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.arms()
        await terminal.press("colon")
        await terminal.write(key["id"])
        await terminal.sees("Open the user", "End the session", "Revoke the API key")
        await terminal.press("down", "down", "down", "down", "down", "enter")
        await terminal.is_asked("ci-deploy of ann@example.com, never used")
        await terminal.press("y")
        await terminal.hears("revoked ci-deploy of ann@example.com")


async def test_the_palette_knows_a_key_by_its_prefix(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.arms()
        await terminal.press("colon")
        await terminal.write(key["key_prefix"].rstrip("."))
        await terminal.sees("Open the API key evr_", "Revoke the API key evr_")
        await terminal.press("down", "enter")
        await terminal.is_asked("ci-deploy of ann@example.com")


@pytest.mark.parametrize(
    ("address", "words"),
    [("Ann@Example.com", "Signs in by"), ("bob@example.com", "nobody has the address bob@")],
)
async def test_the_palette_knows_a_user_by_the_address(
    world: World, address: str, words: str
) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.press("colon")
        await terminal.write(address)
        await terminal.sees(f"Open the user {address}")
        await terminal.press("enter")
        await terminal.until(lambda: words in terminal.text or words in terminal.news)


@pytest.mark.parametrize(
    ("act", "words"),
    [("Enable the user", "may sign in again"), ("Set roles of the user", "Roles of ann@")],
)
async def test_the_palette_acts_on_a_user_by_id(world: World, act: str, words: str) -> None:
    user = await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.arms()
        await terminal.press("colon")
        await terminal.write(user["id"])
        await terminal.sees(act)
        hits = terminal.app.screen.query_one(OptionList)
        hits.highlighted = [act in str(hit.prompt) for hit in hits.options].index(True)
        await terminal.press("enter")
        await terminal.is_asked(words)


async def test_an_id_of_nothing_is_said(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        user_id = "01a21090-2988-74ba-a853-f45ee4e9c51d"
        terminal.app.open_by_name(USERS, user_id)
        await terminal.hears("User not found")
