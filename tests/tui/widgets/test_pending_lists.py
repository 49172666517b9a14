"""Keys that come before the answer: what acts on a row acts on one of the list that was asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.tui.by_hand import many_users
from tests.tui.canned import Answer, answer, still
from tests.tui.world import Terminal, World, at_one_size
from tui.lists.page_buffer import PAGE_ROWS

pytestmark = [pytest.mark.anyio, at_one_size]

ANN, BOB = "ann@example.com", "bob@example.com"
# Of each list: its view, a filter that leaves what is ann's, and words of the request for it.
LISTS = {
    "users": ("2", "ann@", "q=ann"),
    "keys": ("3", "owner:ann@", "owner=ann"),
    "sessions": ("4", "owner:ann@", "q=ann"),
    "audit": ("5", "action:auth.api_key.created", "action="),
    "recent keys": ("1", "owner:ann@", "owner=ann"),
}
Effect = Callable[[Terminal], bool]


def asks(words: str) -> Effect:
    return lambda terminal: words in terminal.question


def shows(words: str) -> Effect:
    return lambda terminal: words in terminal.text


def copies(name: str) -> Effect:
    return lambda terminal: terminal.app.clipboard == str(getattr(terminal.current, name))


def marks(terminal: Terminal) -> bool:
    return "1 marked" in terminal.text


ACTING: dict[str, dict[str, Effect]] = {
    "users": {
        "l": asks(f"Log {ANN} out everywhere?"),
        "d": asks(f"Disable {ANN}?"),
        "D": asks(f"Enable {ANN}?"),
        "m": asks(f"Roles of {ANN}"),
        "enter": shows(f"Users › {ANN}"),
        "Y": copies("email"),
    },
    "keys": {
        "x": asks(f"ann's of {ANN}"),
        "o": shows(f"Users › {ANN}"),
        "enter": shows(f"API keys › ann's of {ANN}"),
        "Y": lambda terminal: bool(terminal.app.clipboard),
    },
    "sessions": {
        "x": asks(f"The session of {ANN}"),
        "l": asks(f"Log {ANN} out everywhere?"),
        "o": shows(f"Users › {ANN}"),
        "enter": shows(f"Sessions › session of {ANN}"),
        "Y": copies("user_email"),
    },
    "audit": {
        "enter": shows("Audit › auth.api_key.created"),
        "Y": copies("request_id"),
    },
    "recent keys": {
        "x": asks(f"ann's of {ANN}"),
        "o": shows(f"Users › {ANN}"),
    },
}
EVERYWHERE: dict[str, Effect] = {"space": marks, "y": copies("id")}
TRIED = [
    pytest.param(of, key, effect, id=f"{of}-{key}")
    for of, keys in ACTING.items()
    for key, effect in {**keys, **EVERYWHERE}.items()
]


async def people(world: World) -> None:
    """Ann, and bob who comes before her in every list."""
    for email, name in ((ANN, "ann's"), (BOB, "bob's")):
        await world.user(email)
        await world.use((await world.key(email, name))["key"])


async def at(terminal: Terminal, of: str) -> None:
    await terminal.opens(LISTS[of][0], "● live", BOB)
    await terminal.arms()
    await terminal.press("home")


@pytest.mark.parametrize(("of", "key", "effect"), TRIED)
async def test_a_key_waits_for_the_filter_before_it(
    world: World, of: str, key: str, effect: Effect
) -> None:
    await people(world)
    _, text, request = LISTS[of]
    async with world.terminal() as terminal:
        await at(terminal, of)
        world.transport.hold(request)
        await terminal.bursts("/", *text, "enter", key)
        await terminal.sees(f"{key.capitalize() if len(key) > 1 else key} waits")
        assert BOB in terminal.text
        assert not (terminal.question or terminal.app.clipboard or effect(terminal))
        world.transport.let_go()
        await terminal.until(lambda: effect(terminal))


@pytest.mark.parametrize("of", ["users", "keys", "sessions"])
async def test_a_key_waits_for_the_order_before_it(world: World, of: str) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, of)
        world.transport.hold("sort=")
        await terminal.bursts("S", "y")
        await terminal.sees("Loading…", "y waits")
        assert not terminal.app.clipboard
        world.transport.let_go()
        await terminal.until(lambda: bool(terminal.app.clipboard))
        assert terminal.app.clipboard == terminal.table.window.rows[0].id


async def test_over_a_long_line_it_is_so_at_human_pace(world: World) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.seconds_late = 0.6
        await terminal.press("slash", *"ann@", "enter", "d")
        await terminal.is_asked(f"Disable {ANN}?")


async def test_keys_that_wait_keep_their_order(world: World) -> None:
    await people(world)
    await world.user("cleo@example.com")
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.hold("q=example")
        await terminal.bursts("/", *"example", "enter", "s", "down", "space", "space", "l")
        await terminal.sees("waits")
        world.transport.let_go()
        # In the order of addresses ann is before them, and root behind.
        await terminal.is_asked("Log 2 users out everywhere?", BOB, "cleo@example.com")
        assert ANN not in terminal.question


async def test_of_two_filters_the_last_one_counts(world: World) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.hold("q=")
        await terminal.press("slash", *"bob", "enter", "slash", *["backspace"] * 3, *"ann")
        await terminal.bursts("enter", "d")
        await terminal.sees("d waits")
        world.transport.let_go()
        await terminal.is_asked(f"Disable {ANN}?")


async def test_a_key_behind_a_move_to_rows_that_are_not_here_waits(world: World) -> None:
    await people(world)
    await many_users(3 * PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below", "● live")
        await terminal.arms()
        world.transport.hold("cursor=")
        await terminal.press("end", "pagedown", "y")
        await terminal.sees("y waits")
        last = terminal.current.id
        assert not terminal.app.clipboard
        world.transport.let_go()
        await terminal.until(lambda: bool(terminal.app.clipboard))
        assert terminal.app.clipboard not in ("", last)
        assert terminal.app.clipboard == terminal.current.id


@pytest.mark.parametrize("way_out", ["escape", "R", "question_mark", "3", "slash"])
async def test_who_leaves_takes_no_waiting_key_along(world: World, way_out: str) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.hold("q=ann")
        await terminal.press("slash", *"ann@", "enter", "d")
        await terminal.sees("d waits")
        await terminal.press(way_out)
        await terminal.hears("not done: d (it was left before the list was here)")
        world.transport.let_go()
        await terminal.pilot.pause(0.3)
        assert "Disable ann" not in terminal.question


async def test_a_key_that_leads_away_is_the_last(world: World) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.hold("q=ann")
        await terminal.bursts("/", *"ann@", "enter", "d", "y")
        await terminal.sees("d y waits")
        world.transport.let_go()
        await terminal.is_asked(f"Disable {ANN}?")
        await terminal.hears("not done: y (d came before)")
        assert not terminal.app.clipboard


async def test_a_click_on_a_row_of_another_list_is_refused(world: World) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, "users")
        world.transport.hold("q=ann")
        await terminal.press("slash", *"ann@", "enter")
        await terminal.sees("Loading…")
        await terminal.pilot.click(terminal.table, offset=(5, 2), times=2)
        await terminal.hears("still loading: click once it is here")
        assert len(terminal.app.screen_stack) == 1


def refusing(status: int) -> Answer:
    """The server, but with any filter it does this; 0 is a broken line, 1 is silence."""

    async def answering(request: httpx.Request) -> httpx.Response:
        if "q" not in request.url.params:
            return await answer(request)
        if status < 2:
            kinds: tuple[Any, ...] = (httpx.ConnectError, httpx.ReadTimeout)
            raise kinds[status]("all is broken")
        return httpx.Response(status, json={"error": "no such thing", "code": "odd"})

    return answering


@pytest.mark.parametrize("status", [0, 1, 400, 403, 404, 414, 422, 429, 431, 500, 503])
async def test_under_a_filter_that_failed_no_other_rows_stand(world: World, status: int) -> None:
    app = still(world.folder, refusing(status))
    async with app.run_test(size=world.size, notifications=True) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.opens("2", ANN)
        await terminal.arms()
        await terminal.bursts("/", *"zoe", "enter", "d")
        await terminal.hears("not done: d (")
        assert not terminal.table.window.rows
        assert not terminal.question
        await terminal.press("d", "escape")
        await terminal.sees(ANN, "5 rows")


@pytest.mark.parametrize("of", LISTS)
async def test_a_filter_of_a_book_is_refused_and_leaves_no_rows(world: World, of: str) -> None:
    await people(world)
    async with world.terminal() as terminal:
        await at(terminal, of)
        await terminal.press("slash")
        await terminal.write("a" * 12_000)
        await terminal.press("enter")
        await terminal.sees("a filter has at most 1,000 characters, this 12,000")
        assert not terminal.table.window.rows
        await terminal.press("y")
        assert not terminal.app.clipboard
