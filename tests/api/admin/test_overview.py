"""The overview's numbers, who may see them, and what counting them costs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api import __version__
from api.administration import overview
from api.administration.overview import Overviews
from api.audit import Action, record
from api.request_context import RequestContext
from models import ANONYMOUS_ID, AuditEvent, database
from tests.api.clients import answering, by_hand, in_mode
from tests.api.people import log_in, new_key, refusal
from tests.models.rows import add_key, add_session, add_user
from tests.support import counting
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

PATH = "/v1/admin/overview"
DAY, SECOND, TICK = timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)
NOWS = [
    MIDNIGHT - TICK,
    MIDNIGHT,
    MIDNIGHT + TICK,
    MIDNIGHT + timedelta(hours=12, minutes=34, seconds=56, microseconds=789_012),
    MIDNIGHT + DAY - TICK,
]
# Around now, around the day's ends, and around the last day of what is not stale yet.
AROUND = [
    moved + more
    for moved in (-91 * DAY, -90 * DAY, -89 * DAY, -DAY, 0 * DAY, DAY)
    for more in (-12 * timedelta(hours=1), -SECOND, -TICK, 0 * TICK, TICK, timedelta(hours=12))
]


def times_around(now: datetime) -> Iterable[datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for moved in AROUND:
        yield from (now + moved, today + moved)


async def test_it_says_what_there_is(http: httpx.AsyncClient, root: Person, bob: Person) -> None:
    await new_key(http, bob)
    await log_in(http, bob.email)
    await log_in(http, bob.email, "not the password")
    answer = await http.get(PATH, headers=root.bearer)
    assert answer.status_code == 200
    said = answer.json()
    assert list(said) == [
        *("counted_at", "mode", "version", "engine", "migrations", "users", "sessions"),
        *("api_keys", "sign_ins"),
    ]
    assert said["mode"] == "full" and said["version"] == __version__
    assert said["engine"] == database.engine().name
    assert said["migrations"]["applied"] > 0 and said["migrations"]["pending"] == 0
    assert said["users"] == {"total": 2, "disabled": 0, "operators": 1, "new_24h": 2}
    assert said["sessions"] == {"live": 3}
    assert said["api_keys"] == {
        "live": 0,
        "expired": 0,
        "never_used": 1,
        "stale": 0,
        "used_1m": 0,
        "used_1h": 0,
        "used_24h": 0,
    }
    last_two = said["sign_ins"][-2:]
    assert [sum(m[word] for m in last_two) for word in ("success", "failure")] == [1, 1]


async def test_the_last_hours_minutes_are_told_the_oldest_first(
    http: httpx.AsyncClient, root: Person
) -> None:
    said = (await http.get(PATH, headers=root.bearer)).json()
    minutes = [datetime.fromisoformat(one["minute"]) for one in said["sign_ins"]]
    newest = datetime.fromisoformat(said["counted_at"]).replace(second=0, microsecond=0)
    assert minutes == [newest - timedelta(minutes=ago) for ago in range(59, -1, -1)]


async def test_only_operators_see_it(http: httpx.AsyncClient, root: Person, bob: Person) -> None:
    assert (await http.get(PATH)).status_code == 401
    assert refusal(await http.get(PATH, headers=bob.bearer)) == (403, "Admin access required")
    for scopes, status in ((["admin:read"], 200), (["*"], 200), (["admin:write"], 403)):
        key = bearer((await new_key(http, root, scopes=scopes))["key"])
        assert (await http.get(PATH, headers=key)).status_code == status


async def test_in_mode_none_the_operator_that_everybody_is_counts(database_url: str) -> None:
    async with answering(in_mode(database_url, "none")) as http:
        await add_user()
        said = (await http.get(PATH, headers={"Host": "localhost"})).json()
        assert said["mode"] == "none"
        assert said["users"] == {**said["users"], "total": 2, "operators": 1}


async def test_in_the_other_modes_that_row_does_not_count(
    http: httpx.AsyncClient, root: Person
) -> None:
    await add_user("anonymous@local", id=ANONYMOUS_ID, roles=["admin"], now=datetime.now(UTC))
    said = (await http.get(PATH, headers=root.bearer)).json()
    assert said["users"] == {"total": 1, "disabled": 0, "operators": 1, "new_24h": 1}


async def test_a_minute_that_a_hand_wrote_hides_no_other(
    http: httpx.AsyncClient, root: Person, database_url: str
) -> None:
    columns = "INSERT INTO audit_events (id, at, action, outcome, detail) VALUES "
    rest = ", 'auth.login', 'success', '{}')"
    odd = ["9999-12-31 23:59:59+00:00"]
    odd += ["z", "9999", "2999-13-41 99:99"] if database.engine().name == "sqlite" else ["infinity"]
    for number, at in enumerate(odd):
        identity = f"00000000-0000-7000-8000-{number:012}"
        await by_hand(database_url, f"{columns} ('{identity}', '{at}'{rest}")
    await log_in(http, root.email)
    said = (await http.get(PATH, headers=root.bearer)).json()
    assert sum(one["success"] for one in said["sign_ins"]) == 1


@pytest.fixture
async def opened(http: httpx.AsyncClient) -> None:
    """The database is open, through the application."""


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("now", NOWS)
async def test_keys_are_counted_right_at_any_time_of_the_day(now: datetime) -> None:
    owner = await add_user()
    for number, moment in enumerate({None, *times_around(now)}):
        await add_key(owner, f"evr_e{number}", expires_at=moment)
        await add_key(owner, f"evr_u{number}", last_used_at=moment)
        await add_key(owner, f"evr_l{number}", last_used_at=moment, expires_at=now + SECOND)
        await add_key(owner, f"evr_n{number}", last_used_at=moment, expires_at=now)
    assert (await Overviews().latest(now)).keys == await counting.keys(now)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("now", NOWS)
async def test_sessions_and_users_are_counted_right_at_any_time_of_the_day(now: datetime) -> None:
    owner = await add_user(now=now - 9 * DAY)
    for number, moment in enumerate(set(times_around(now))):
        await add_session(owner, f"token {number}", expires_at=moment)
        disabled_at = moment if number % 3 == 0 else None
        await add_user(f"{number}@example.com", now=moment, disabled_at=disabled_at)
    found = await Overviews().latest(now)
    assert found.live_sessions == await counting.live_sessions(now)
    assert found.users == await counting.users(now)


@pytest.mark.usefixtures("opened")
async def test_sign_ins_are_counted_by_minute_by_outcome_and_through_providers_too() -> None:
    now = MIDNIGHT + timedelta(hours=1, minutes=30, seconds=30)
    newest = now.replace(second=0)
    for at, action, outcome in (
        (now, Action.LOGIN, "success"),
        (newest, Action.OAUTH_LOGIN, "success"),
        (newest - TICK, Action.LOGIN, "failure"),
        (newest - timedelta(minutes=59), Action.LOGIN, "success"),
        (newest - timedelta(minutes=59) - TICK, Action.LOGIN, "success"),
        (now, Action.REGISTER, "success"),
        (now + timedelta(minutes=1), Action.LOGIN, "success"),
    ):
        await record(action, RequestContext(at))
        await AuditEvent.filter(at=at, action=action.value).update(outcome=outcome)
    counts = [(one.success, one.failure) for one in (await Overviews().latest(now)).sign_ins]
    assert counts == [(1, 0), *[(0, 0)] * 57, (0, 1), (2, 0)]


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """When there was counting."""
    counted, count = [], overview._count

    async def tapped(now: datetime, *, anonymous: int) -> overview.Overview:
        counted.append(now)
        return await count(now, anonymous=anonymous)

    monkeypatch.setattr(overview, "_count", tapped)
    return counted


@pytest.mark.usefixtures("opened")
async def test_many_who_ask_at_once_cost_one_count(counts: list[datetime]) -> None:
    overviews = Overviews()
    # Not quite in the order in which they came.
    asked = [MIDNIGHT + timedelta(milliseconds=(number * 7) % 50) for number in range(50)]
    await asyncio.gather(*(overviews.latest(now) for now in asked))
    assert len(counts) == 1


@pytest.mark.usefixtures("opened")
async def test_there_is_counting_again_after_two_seconds(counts: list[datetime]) -> None:
    overviews = Overviews()
    asked = [timedelta(), 2 * SECOND - TICK, 2 * SECOND, 3 * SECOND, 4 * SECOND, -DAY]
    for moved in asked:
        found = await overviews.latest(MIDNIGHT + moved)
        assert abs(MIDNIGHT + moved - found.counted_at) < 2 * SECOND
    assert counts == [MIDNIGHT + moved for moved in (timedelta(), 2 * SECOND, 4 * SECOND, -DAY)]
