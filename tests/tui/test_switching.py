"""`ctx` in the palette ends the dashboard here, to begin it at another server."""

from __future__ import annotations

import pytest

from tests.tui.world import World, at_one_size
from tui.cli import command
from tui.session import paths
from tui.session.target import Target

pytestmark = [pytest.mark.anyio, at_one_size]

CONTEXTS = """
[production]
url = "https://auth.example.com/api"
read_only = true
[staging]
url = "https://auth.staging.example.com/api"
"""


@pytest.fixture(autouse=True)
def _contexts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    file = world.folder / "contexts.toml"
    file.touch(mode=0o600)
    file.write_text(CONTEXTS)
    monkeypatch.setattr(paths, "contexts_file", lambda: file)


async def test_another_server_is_chosen_in_the_palette(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.bursts(":", *"ctx st")
        await terminal.sees("ctx staging (https://auth.staging.example.com/api)")
        assert "production" not in terminal.text
        await terminal.press("down", "enter")
        await terminal.until(lambda: terminal.app.next_context == "staging")


async def test_a_file_that_cannot_be_used_says_why(world: World) -> None:
    (world.folder / "contexts.toml").write_text("[staging]\nurl = 1\n")
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.bursts(":", *"ctx")
        await terminal.sees("[staging] url: is no text")


async def test_a_key_and_a_lock_go_where_they_belong(world: World) -> None:
    url = "https://auth.staging.example.com/api"
    begun = Target(url, api_key="evr_1", lock="")
    assert command._in_context("staging", begun).api_key == "evr_1"
    production = command._in_context("production", begun)
    assert (production.api_key, bool(production.lock)) == (None, True)
    locked = Target(url, lock="it was started with --read-only")
    assert command._in_context("staging", locked).lock == locked.lock
