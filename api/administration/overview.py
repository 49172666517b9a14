"""The counts of the operators' overview.

No growing table is scanned: counters hold the whole days, and indexes count the rest of one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.audit import Action
from models import ApiKey, AuditEvent, RefreshToken, User, counters, database, schema
from models.counters import NEVER, CounterRow
from models.lists.api_keys import STALE_DAYS

STALE = timedelta(days=STALE_DAYS)
# Maximum age of a cached overview.
KEPT = timedelta(seconds=2)
MINUTES = 60
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class UserCounts:
    """Users: all, disabled ones, enabled operators, those created in the last 24 hours."""

    total: int
    disabled: int
    operators: int
    new_24h: int


@dataclass(frozen=True, slots=True)
class KeyCounts:
    """Keys by status; each counts under one of the first four, as the list shows it.

    `used_…` count keys by their last use, expired ones included.
    """

    live: int
    expired: int
    never_used: int
    stale: int
    used_1m: int
    used_1h: int
    used_24h: int


@dataclass(frozen=True, slots=True)
class SignIns:
    """The sign-ins of one minute, by password and through providers."""

    minute: datetime
    success: int
    failure: int


@dataclass(frozen=True, slots=True)
class Overview:
    """All counts, as of `counted_at`."""

    counted_at: datetime
    engine: str
    applied: int
    pending: int
    users: UserCounts
    live_sessions: int
    keys: KeyCounts
    sign_ins: tuple[SignIns, ...]


class Overviews:
    """Counts at most every other second, however often it is asked.

    The counters leave the anonymous operator out; `is_open` (mode none) adds it.
    """

    def __init__(self, *, is_open: bool = False) -> None:
        self._is_open = is_open
        self._last: Overview | None = None
        self._turn = asyncio.Lock()

    async def latest(self, now: datetime) -> Overview:
        """The counts, at most two seconds old."""
        async with self._turn:
            # Either sign: this request may have waited behind a later one that counted.
            if self._last is None or abs(now - self._last.counted_at) >= KEPT:
                self._last = await _count(now, anonymous=int(self._is_open))
            return self._last


async def _count(now: datetime, *, anonymous: int) -> Overview:
    day = _Day(now, await _counter_rows(now))
    status = await schema.status()
    return Overview(
        counted_at=now,
        engine=database.engine().name,
        applied=len(status.applied),
        pending=len(status.pending),
        users=await _users(day, anonymous),
        live_sessions=await _live_sessions(day),
        keys=await _keys(day),
        sign_ins=await _sign_ins(now),
    )


async def _counter_rows(now: datetime) -> list[CounterRow]:
    days = counters.day_of(now - STALE), counters.day_of(now)
    found = await counters.summed_around(*days)
    if any(counter_row.what == counters.MISCOUNTED and counter_row.n for counter_row in found):
        await counters.recount()
        found = await counters.summed_around(*days)
    return found


@dataclass(frozen=True, slots=True)
class _Day:
    """A moment, the day in UTC that it is in, and the counters to add up."""

    now: datetime
    counter_rows: Iterable[CounterRow]

    @property
    def number(self) -> int:
        return counters.day_of(self.now)

    @property
    def begin(self) -> datetime:
        # One unit of the database's clock earlier, where "after" must include the beginning.
        return counters.beginning_of(self.number) - timedelta.resolution

    @property
    def end(self) -> datetime:
        return counters.beginning_of(self.number + 1) - timedelta.resolution

    def sum(self, what: str, is_counted: Callable[[CounterRow], bool] = lambda _: True) -> int:
        return sum(
            counter_row.n
            for counter_row in self.counter_rows
            if counter_row.what == what and is_counted(counter_row)
        )

    def lasts(self, counter_row: CounterRow) -> bool:
        """Whether rows that expire on the counter's day are still valid after today."""
        return counter_row.expires_day == NEVER or counter_row.expires_day > self.number


async def _users(day: _Day, anonymous: int) -> UserCounts:
    return UserCounts(
        total=day.sum("users") + anonymous,
        disabled=day.sum("disabled"),
        operators=day.sum("operators") + anonymous,
        new_24h=await User.created_since(day.now - _DAY),
    )


async def _live_sessions(day: _Day) -> int:
    today = await RefreshToken.expiring(after=day.now, until=day.end)
    return day.sum("refresh_tokens", day.lasts) + today


async def _keys(day: _Day) -> KeyCounts:
    expired = day.sum("api_keys", lambda counter_row: NEVER < counter_row.expires_day < day.number)
    expired += await ApiKey.expiring(after=day.begin, until=day.now)
    never_used, stale = await _never_used(day), await _stale(day)
    return KeyCounts(
        live=day.sum("api_keys") - expired - never_used - stale,
        expired=expired,
        never_used=never_used,
        stale=stale,
        used_1m=await ApiKey.used_since(day.now - _MINUTE),
        used_1h=await ApiKey.used_since(day.now - _HOUR),
        used_24h=await ApiKey.used_since(day.now - _DAY),
    )


async def _never_used(day: _Day) -> int:
    lasting = day.sum(
        "api_keys", lambda counter_row: counter_row.used_day == NEVER and day.lasts(counter_row)
    )
    return lasting + await ApiKey.unused_expiring(after=day.now, until=day.end)


async def _stale(day: _Day) -> int:
    """Unexpired keys last used before the limit: of whole days, and of the day of the limit."""
    limit = day.now - STALE
    limit_day = counters.day_of(limit)
    begin = counters.beginning_of(limit_day)
    whole = day.sum(
        "api_keys",
        lambda counter_row: NEVER < counter_row.used_day < limit_day and day.lasts(counter_row),
    )
    expiring = await ApiKey.expiring(after=day.now, until=day.end, used_before=begin)
    return whole + expiring + await ApiKey.used_between(begin, limit, now=day.now)


async def _sign_ins(now: datetime) -> tuple[SignIns, ...]:
    """The sign-ins of the last hour by minute, oldest first, the current minute last."""
    newest = now.replace(second=0, microsecond=0)
    minutes = [newest - _MINUTE * ago for ago in reversed(range(MINUTES))]
    counts = dict.fromkeys(((minute, word) for minute in minutes for word in _OUTCOMES), 0)
    actions = (Action.LOGIN.value, Action.OAUTH_LOGIN.value)
    for minute, outcome, n in await AuditEvent.by_minute(actions, since=minutes[0]):
        if (minute, outcome) in counts:
            counts[minute, outcome] = n
    return tuple(SignIns(m, counts[m, "success"], counts[m, "failure"]) for m in minutes)


_OUTCOMES = ("success", "failure")
