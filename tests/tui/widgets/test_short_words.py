"""A view says that a short word finds beginnings only, for as long as such a filter stands."""

from __future__ import annotations

import pytest

from tests.tui.world import World

pytestmark = pytest.mark.anyio


async def test_a_short_word_is_said_to_find_beginnings_only(world: World) -> None:
    await world.user("ann@example.com", "株式会社東京")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.press("slash", "a", "n")
        await terminal.sees("1 row", "beginnings only")
        await terminal.press("n")
        await terminal.no_longer_sees("beginnings only")
        await terminal.press("ctrl+u", *"東京")
        await terminal.sees("株式", "1 row")
        assert "beginnings only" not in terminal.text
