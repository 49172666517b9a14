"""The server's clock, measured by answers, against clocks that are arguments."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui import canned
from tests.tui.world import SIZES, Size, Terminal
from tui.app import Dashboard
from tui.cli.print_command import Question, answer
from tui.http.client import Client, connection
from tui.http.server_clock import Instant, ServerClock
from tui.session.target import Target
from tui.session.token_store import TokenStore

EPOCH = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
MINUTES = 3 * 60.0


class Machine:
    """A machine whose clocks go on by hand, and the server that it asks."""

    def __init__(self) -> None:
        self.wall, self.monotonic = EPOCH.timestamp(), 0.0
        self.clock = ServerClock(lambda: self.wall, lambda: self.monotonic)

    def passes(self, seconds: float) -> None:
        self.wall += seconds
        self.monotonic += seconds

    def asks(self, ahead: float, *, there: float = 0.01, back: float = 0.01) -> None:
        """One answer of a server whose clock is so many seconds ahead."""
        sent = self.clock.instant()
        self.passes(there)
        date = date_of(self.wall + ahead)
        self.passes(back)
        self.clock.compare(date, sent, self.clock.instant())

    @property
    def shown(self) -> float:
        return self.clock.difference.total_seconds()


def date_of(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC), usegmt=True)


@pytest.mark.parametrize("ahead", [MINUTES, -MINUTES, 6.0, -6.0, 3 * 86_400.0])
def test_a_difference_is_measured_by_the_first_answer(ahead: float) -> None:
    machine = Machine()
    machine.asks(ahead)
    assert machine.shown == pytest.approx(ahead, abs=0.6)
    there = datetime.fromtimestamp(machine.wall + ahead, UTC)
    assert abs(machine.clock.now() - there) < timedelta(seconds=0.6)


@pytest.mark.parametrize("ahead", [0.0, 4.0, -4.0])
def test_a_small_difference_is_none(ahead: float) -> None:
    machine = Machine()
    machine.asks(ahead)
    assert machine.shown == 0.0
    assert machine.clock.now() == datetime.fromtimestamp(machine.wall, UTC)


@given(
    st.floats(-86_400, 86_400),
    st.lists(st.tuples(st.floats(0, 0.9), st.floats(0, 0.9), st.floats(0, 60)), min_size=1),
)
def test_answers_of_one_clock_never_make_ours_jump(
    ahead: float, answers: list[tuple[float, float, float]]
) -> None:
    machine = Machine()
    seen = set()
    for there, back, pause in answers:
        machine.asks(ahead, there=there, back=back)
        machine.passes(pause)
        seen.add(machine.shown)
    assert len(seen) == 1
    assert machine.shown in (0.0, pytest.approx(ahead, abs=1.0))


def test_two_servers_of_which_one_is_wrong_never_make_ours_jump() -> None:
    machine = Machine()
    machine.asks(0.0)
    for _ in range(50):
        machine.asks(MINUTES)
        assert machine.shown == 0.0
        machine.asks(0.0)
        assert machine.shown == 0.0


def test_a_clock_that_was_set_is_noticed_once_three_answers_agree() -> None:
    machine = Machine()
    machine.asks(MINUTES)
    seen = []
    for _ in range(3):
        machine.asks(0.0)
        seen.append(round(machine.shown / 60))
    assert seen == [3, 3, 0]


def test_what_takes_too_long_tells_nothing() -> None:
    machine = Machine()
    machine.asks(MINUTES, there=5.1)
    assert machine.shown == 0.0


@pytest.mark.parametrize("slept", [7_200.0, -7_200.0])
def test_a_laptop_that_slept_or_was_set_during_a_request_learns_nothing_of_it(slept: float) -> None:
    machine = Machine()
    sent = machine.clock.instant()
    date = date_of(machine.wall)
    machine.wall += slept
    machine.clock.compare(date, sent, machine.clock.instant())
    assert machine.shown == 0.0


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Wed, 25 Nov 2026 12:03:00 GMT, Wed, 25 Nov 2026 12:03:00 GMT, x",
        "Wed, 99 Nov 2026 12:03:00 GMT",
        "Wed, 25 Nov 2026 12:03:00 +9999",
        "0" * 5_000,
    ],
)
def test_a_bogus_date_is_ignored(date: str) -> None:
    machine = Machine()
    now = Instant(machine.wall, machine.monotonic)
    machine.clock.compare(date, now, now)
    assert machine.shown == 0.0


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_ignored(date: str) -> None:
    machine = Machine()
    machine.clock.compare(date, machine.clock.instant(), machine.clock.instant())


def ahead_by(seconds: float, asked: list[httpx.Request]) -> httpx.MockTransport:
    """The canned server, whose clock is so many seconds ahead of ours."""

    async def answering(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        told = await canned.answer(request)
        told.headers["date"] = date_of(time.time() + seconds)
        return told

    return httpx.MockTransport(answering)


@pytest.mark.anyio
@pytest.mark.parametrize("size", SIZES, ids=["80x24", "100x30"])
async def test_the_header_says_so_and_what_is_typed_is_by_the_servers_clock(
    tmp_path: Path, size: Size
) -> None:
    asked: list[httpx.Request] = []
    surroundings = replace(
        canned.still(tmp_path).surroundings,
        connect=lambda url: Client(connection(url, ahead_by(-3 * 3_600, asked))),
    )
    app = Dashboard(Target("https://auth.example.com/api", api_key="evr_0"), surroundings)
    async with app.run_test(size=size, notifications=True) as pilot:
        terminal = Terminal(app, pilot)
        await terminal.opens("5", "clock -3h ● live")
        await terminal.press("slash", *"since:2h", "enter")
        await terminal.until(lambda: any("since" in request.url.params for request in asked))
    typed = datetime.fromisoformat(
        next(request for request in asked if "since" in request.url.params).url.params["since"]
    )
    assert abs(datetime.now(UTC) - timedelta(hours=5) - typed) < timedelta(minutes=2)


@pytest.mark.anyio
async def test_once_is_by_the_servers_clock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[httpx.Request] = []
    client = Client(connection("https://auth.test", ahead_by(3 * 3_600, asked)))
    target = Target("https://auth.test", api_key="evr_0")
    question = Question("audit", is_json=True, filter="since:2h")
    await answer(client, target, TokenStore(tmp_path, target.url), question)
    typed = datetime.fromisoformat(asked[1].url.params["since"])
    assert abs(datetime.now(UTC) + timedelta(hours=1) - typed) < timedelta(minutes=2)


@pytest.mark.anyio
@pytest.mark.parametrize(("headers", "minutes"), [({}, 3), ({"age": "180"}, 0)])
async def test_every_answer_is_compared_but_one_of_a_cache(
    headers: dict[str, str], minutes: int
) -> None:
    machine = Machine()

    async def answering(request: httpx.Request) -> httpx.Response:
        told = await canned.answer(request)
        told.headers.update({"date": date_of(machine.wall + MINUTES), **headers})
        return told

    transport = httpx.MockTransport(answering)
    client = Client(connection("https://auth.test", transport, machine.clock))
    await client.config()
    assert round(client.clock.difference.total_seconds() / 60) == minutes
