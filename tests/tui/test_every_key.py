"""Every key that the dashboard binds, pressed where it is bound.

Which binding a key met is read off the screen, so that a key that is bound and that no walk tries fails
here. What the operations do is tried in operations/test_runner.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from textual.binding import Binding

import tui
from tests.tui.walks import ANN, WALKS, Classes
from tests.tui.world import World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("classes", WALKS, ids=lambda classes: classes[0].__name__)
async def test_every_key_is_tried(world: World, classes: Classes) -> None:
    await world.user(ANN, "Ann")
    await world.key(ANN, "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.sees("READ-ONLY", "● live")
        await WALKS[classes](world, terminal)
    for of in classes:
        assert set(keys_of(of)) - terminal.tried[of] == set(), of


def test_every_class_with_keys_has_a_walk() -> None:
    tried = {of for classes in WALKS for of in classes}
    assert {of for of in classes_of_the_dashboard() if keys_of(of)} == tried


def classes_of_the_dashboard() -> Iterator[type[Any]]:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, type) and value.__module__ == module.name:
                    yield value


def keys_of(of: type[Any]) -> tuple[str, ...]:
    """The keys that a class binds itself."""
    bindings: list[Binding] = vars(of).get("BINDINGS", [])
    return tuple(key for binding in bindings for key in binding.key.split(","))
