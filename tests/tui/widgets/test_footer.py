"""The footer: which keys it names, and what a click on one does."""

from __future__ import annotations

import pytest

from tests.tui.world import World, at_one_size
from tui.screens.help import Help
from tui.widgets.crumbs import Crumbs
from tui.widgets.footer import Footer

pytestmark = pytest.mark.anyio


async def test_a_click_on_a_key_in_the_footer_presses_it(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "root@example.com")
        await terminal.sees("? Help")
        column = terminal.lines[-1].index("? Help")
        await terminal.pilot.click(Footer, offset=(column + 3, 0))
        await terminal.until(lambda: isinstance(terminal.app.screen, Help))
        await terminal.press("escape")
        await terminal.until(lambda: not terminal.question)
        # The gap between two keys is none of them.
        await terminal.pilot.click(Footer, offset=(column - 1, 0))
        await terminal.pilot.pause()
        assert not terminal.question


@at_one_size
async def test_the_key_that_is_pointed_at_is_shown(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "? Help")
        line = terminal.app.screen.query_one(Footer)
        column = terminal.lines[-1].index("? Help")
        await terminal.pilot.hover(Footer, offset=(column, 0))
        assert line.pointed_at is not None
        assert line.pointed_at.words == "Help"
        await terminal.pilot.hover(type(terminal.table), offset=(6, 2))
        assert line.pointed_at is None


@at_one_size
async def test_the_footer_names_the_keys_that_work_now(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "Roles", "root@example.com")
        await terminal.sees("New user")
        await terminal.press("slash")
        await terminal.no_longer_sees("New user")
        await terminal.press("enter")
        await terminal.sees("New user")


async def test_a_click_on_a_view_above_leads_there(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.sees("Overview", "● live")
        for view, words in (("4 Sessions", "Program"), ("2 Users", "E-mail")):
            line = next(line for line in terminal.lines if view in line)
            await terminal.pilot.click(Crumbs, offset=(line.index(view) + 3, 0))
            await terminal.sees(words)
        await terminal.pilot.click(Crumbs, offset=(1, 0))
        await terminal.sees("E-mail")
