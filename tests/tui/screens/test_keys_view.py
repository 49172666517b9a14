"""API keys: watched while they are used, and revoked."""

from __future__ import annotations

import re

import pytest

from tests.tui.world import SMALL, Size, World

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Every key is pressed, and every dialog drawn, at both sizes elsewhere."""
    return SMALL


async def test_a_key_in_use_glows_and_fades(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "never used", "live")
        await world.use(key["key"])
        # It is hot for 1.5 s only, and a busy machine may look away for so long.
        await terminal.sees_like("[●•] ci-deploy")
        await terminal.sees_like(r"ci-deploy .*\d s ago")
        await terminal.until(lambda: not re.search("[●•] ci-deploy", terminal.text))


async def test_a_use_of_another_key_moves_no_cursor(world: World) -> None:
    await world.user("ann@example.com")
    keys = [await world.key("ann@example.com", f"key-{number}") for number in range(4)]
    async with world.terminal() as terminal:
        await terminal.opens("3", "key-0", "key-3", "● live")
        await terminal.press("down", "down")
        row = terminal.current.id
        await world.use(keys[0]["key"])
        await terminal.until(lambda: terminal.table.window.rows[0].name == "key-0")
        assert terminal.current.id == row


async def test_one_key_is_revoked_after_a_yes(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    await world.use(key["key"])
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy")
        await terminal.arms()
        await terminal.press("slash")
        await terminal.write("ci-deploy")
        await terminal.press("enter")
        await terminal.sees("1 row")
        await terminal.until(lambda: " ago " in terminal.current_line)
        await terminal.press("x")
        await terminal.is_asked(
            "ci-deploy of ann@example.com, last used",
            "ago from 127.0.0.1; programs that use it stop now.",
        )
        await terminal.press("y")
        await terminal.hears("revoked ci-deploy of ann@example.com")
        await terminal.sees("›✗")
    assert await world.use(key["key"]) == 401


async def test_f_goes_on_from_what_was_typed(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "1 row")
        await terminal.press("slash", *"unused:30 the", "enter")
        await terminal.sees("Nothing fits")
        await terminal.press("f")
        await terminal.sees("the ", "1 row")
        assert "unused" not in terminal.text


async def test_a_filter_that_cannot_be_shows_no_rows_to_act_on(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "1 row")
        await terminal.arms()
        for typed, words in (
            ("status:banana", "'banana' is none of"),
            ("user:nobody@example.com", "nobody has the address"),
        ):
            await terminal.press("slash", *typed, "enter")
            await terminal.sees(f"! {words}", "Nothing is shown")
            # Nothing that happens brings them back.
            await world.user(f"{len(typed)}@example.com")
            await terminal.press("s", "f5", "x")
            await terminal.sees("Nothing is shown")
            await terminal.hears("there is no row to do this to")
            await terminal.press("escape")
            await terminal.sees("the dashboard's", "1 row")


async def test_the_owner_is_whose_the_key_is(world: World) -> None:
    await world.user("ann@example.com")
    await world.user("ci@example.com")
    await world.key("ann@example.com", "ci-deploy")
    await world.key("ci@example.com", "nightly")
    async with world.terminal() as terminal:
        await terminal.opens("3", "3 rows")
        await terminal.press("slash", *"owner:ci", "enter")
        await terminal.sees("nightly", "1 row")
        assert "ci-deploy" not in terminal.text


async def test_marks_are_counted_on_the_overview_too(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    await world.use(key["key"])
    async with world.terminal() as terminal:
        await terminal.sees("Overview", "ci-deploy", "● live")
        assert "marked" not in terminal.text
        await terminal.press("down", "space")
        await terminal.sees("✓ 1 marked (u unmarks)")
        await terminal.press("u")
        await terminal.no_longer_sees("marked")
