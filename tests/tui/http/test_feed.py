"""The live feed: broken, resumed, paused; and a server that goes away and comes back."""

from __future__ import annotations

import pytest

from models import database
from tests.tui.world import World, at_one_size

# What is shown as it happens, and no key or dialog.
pytestmark = [pytest.mark.anyio, at_one_size]

STREAM = ("GET", "/api/v1/admin/stream")


async def test_a_broken_stream_comes_back_and_loses_nothing(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await world.use(key["key"])
        await terminal.sees_like("[●•·] ci-deploy")
        world.transport.break_off()
        await terminal.until(lambda: world.transport.asked.count(STREAM) > 1)
        resumed = [headers.get("last-event-id") for headers in world.transport.headers]
        assert any(resumed)
        await terminal.sees("● live")


async def test_a_server_that_is_away_leaves_the_last_data_with_its_age(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "ann@example.com", "● live")
        world.transport.go_away()
        first = await terminal.sees_like(r"✗ stale \d+ s")
        await terminal.no_longer_sees(first)
        await terminal.sees("✗ stale", "ann@example.com")
        await terminal.press("f5")
        await terminal.sees("! no server answers", "shown as of", "ann@example.com")
        await world.user("bob@example.com")
        world.transport.come_back()
        await terminal.sees("● live", "bob@example.com")
        await terminal.no_longer_sees("! no server")


async def test_a_server_that_hangs_is_soon_seen_to(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes nothing, so that the stream alone would not tell."""
    monkeypatch.setattr("tui.http.feed.SILENCE_SECONDS", 0.2)
    monkeypatch.setattr("tui.http.client.PULSE_SECONDS", 0.2)
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "ann@example.com", "● live")
        world.transport.hold("/v1/")
        await terminal.sees("✗ stale", "ann@example.com")
        world.transport.let_go()
        await terminal.sees("● live")


async def test_a_server_that_is_there_and_has_nothing_to_tell_is_live(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.http.feed.SILENCE_SECONDS", 0.05)
    pulse = ("GET", "/api/v1/auth/config")
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        await terminal.until(lambda: world.transport.asked.count(pulse) > 4)
        assert world.transport.asked.count(STREAM) == 1
        await terminal.sees("● live")


async def test_an_action_while_the_server_is_away_says_so(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.arms()
        world.transport.go_away()
        await terminal.press("x")
        await terminal.is_asked("the dashboard's")
        await terminal.press("y")
        await terminal.hears("no server answers at https://auth.test/api")


async def test_p_holds_the_picture_and_lets_it_go_again(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        await terminal.press("p")
        await terminal.sees("‖ paused")
        await world.user("ann@example.com")
        await terminal.pilot.pause(1.5)
        assert "ann@example.com" not in terminal.text
        await terminal.press("p")
        await terminal.sees("ann@example.com", "● live")


@pytest.mark.parametrize(
    ("view", "words"),
    [("2", "ann@example.com"), ("4", "ann@example.com"), ("5", "auth.user.created")],
)
async def test_what_happens_elsewhere_comes_by_itself(world: World, view: str, words: str) -> None:
    async with world.terminal() as terminal:
        await terminal.opens(view, "● live")
        await world.user("ann@example.com")
        if view == "4":
            await world.session("ann@example.com")
        await terminal.sees(words)


async def test_a_key_changed_by_hand_is_shown_as_it_is_now(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    renamed = "UPDATE api_keys SET name = '{}' WHERE name = '{}'"
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await database.connection().execute_script(renamed.format("nightly", "ci-deploy"))
        await terminal.sees("nightly")
        await terminal.press("slash", *key["key_prefix"].rstrip("."), "enter", "enter")
        await terminal.sees("Scopes", "nightly")
        await database.connection().execute_script(renamed.format("weekly", "nightly"))
        await terminal.sees("weekly")


async def test_a_key_revoked_elsewhere_is_seen_going(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await world.ask("DELETE", f"/v1/admin/api-keys/{key['id']}")
        await terminal.sees_like("✗ ci-deploy .* gone ")
        await terminal.no_longer_sees("ci-deploy")


async def test_it_is_seen_going_even_when_the_list_is_loaded_before_the_feed_tells(
    world: World,
) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await world.ask("DELETE", f"/v1/admin/api-keys/{key['id']}")
        await terminal.press("f5")
        await terminal.until(lambda: any("✗  ci-deploy" in line for line in terminal.lines))
        await terminal.no_longer_sees("ci-deploy")


async def test_a_view_left_and_entered_again_has_caught_up(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row", "● live")
        await terminal.opens("5", "auth.login")
        await world.user("ann@example.com")
        await terminal.sees("auth.user.created")
        await terminal.opens("2", "ann@example.com")


async def test_the_page_of_a_key_shows_its_use(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy", "● live")
        await terminal.press("slash", *"ci-deploy", "enter", "enter")
        await terminal.sees("Scopes", "Last used never")
        await world.use(key["key"])
        await terminal.sees_like(r"Last used \d+ s ago")
        await terminal.sees("From 127.0.0.1")
        await world.ask("DELETE", f"/v1/admin/api-keys/{key['id']}")
        await terminal.sees("✗ this is no longer there")
        await terminal.press("R", "x")
        await terminal.hears("there is no row to do this to")
