"""Keys that an operator has put elsewhere: pressed, and named wherever keys are named."""

from __future__ import annotations

import pytest

from tests.tui.walks import ANN
from tests.tui.world import World, at_one_size

pytestmark = [pytest.mark.anyio, at_one_size]


async def test_an_operation_of_a_list_and_a_dialog_obey_moved_keys(world: World) -> None:
    world.keymap = {"app.arm": "f9", "users.disable": "ctrl+d", "dialog.yes": "w,ctrl+y"}
    await world.user(ANN, "Ann")
    async with world.terminal() as terminal:
        await terminal.opens("2", ANN, "^d Disable")
        await terminal.press("ctrl+d")
        await terminal.hears("press f9 to arm")
        await terminal.press("R", "f9")
        await terminal.sees("ARMED", "f9 Disarm")
        await terminal.press("home", "d")
        assert not terminal.question
        await terminal.press("ctrl+d")
        await terminal.is_asked(f"Disable {ANN}?")
        await terminal.sees("Yes (w)", "No (n)")
        await terminal.press("y")
        assert terminal.question
        await terminal.press("w")
        await terminal.until(lambda: not terminal.question)
        await terminal.sees("disabled")


async def test_help_palette_and_words_name_the_moved_keys(world: World) -> None:
    world.keymap = {
        "view.keys": "f3",
        "keys.revoke": "f8",
        "app.quit": "W",
        "app.help": "f1",
        "help.close": "f2",
        "filter.clear": "ctrl+g",
        "list.down": "w",
        "view.back": "f4",
    }
    async with world.terminal() as terminal:
        await terminal.sees("(w steps in, f4 out)")
        await terminal.opens("2", "1 row", "W Quit")
        await terminal.press("f1")
        await terminal.is_asked("f2 closes")
        await terminal.press("escape")
        await terminal.is_asked("f2 closes")
        await terminal.press("f2", "slash")
        await terminal.sees("^g Clear")
        await terminal.press("ctrl+c")
        await terminal.hears("ctrl+g: Clear")
        await terminal.press("ctrl+g", "ctrl+c")
        await terminal.hears("W quits")
        await terminal.bursts(":", *"revoke")
        await terminal.sees("(in API keys: f3, then f8)")


async def test_an_operation_may_change_places_with_another(world: World) -> None:
    world.keymap = {"users.disable": "D", "users.enable": "d", "dialog.cancel": "f7"}
    await world.user(ANN, "Ann")
    async with world.terminal() as terminal:
        await terminal.opens("2", ANN)
        await terminal.arms()
        await terminal.press("home")
        for key, words in (("D", f"Disable {ANN}?"), ("d", f"Enable {ANN}?")):
            await terminal.press(key)
            await terminal.is_asked(words)
            await terminal.press("escape")
            assert terminal.question
            await terminal.press("f7")
            await terminal.until(lambda: not terminal.question)
