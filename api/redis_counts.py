"""Counts in Redis, 5.0 or newer, which several nodes share, by its own clock.

A count is two sorted sets, of failures and of attempts in flight, each scored by its end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from models.counts import IN_FLIGHT_SECONDS, LIFTED_SECONDS, Count, Entry

_PREFIX = "everruns-auth:"
# Connections of one worker; a question waits for a free one.
_CONNECTIONS = 50
_BUSY = -1

_NOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""
# For each count 0 where there is room, else the milliseconds until there is, or -1 where attempts
# in flight hold the last places.
_ENTER = f"""{_NOW}
local attempt, flight, answers, has_room = ARGV[1], tonumber(ARGV[2]), {{}}, true
for i, key in ipairs(KEYS) do
  local amount = tonumber(ARGV[i + 2])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  redis.call('ZREMRANGEBYSCORE', key .. ':in-flight', '-inf', now)
  redis.call('ZREM', key .. ':in-flight', attempt)
  local makes_room = redis.call('ZREVRANGE', key, amount - 1, amount - 1, 'WITHSCORES')
  answers[i] = 0
  if makes_room[2] then
    answers[i] = makes_room[2] - now
  elseif redis.call('ZCARD', key) + redis.call('ZCARD', key .. ':in-flight') >= amount then
    answers[i] = {_BUSY}
  end
  has_room = has_room and answers[i] == 0
end
if has_room then
  for _, key in ipairs(KEYS) do
    redis.call('ZADD', key .. ':in-flight', now + flight, attempt)
    redis.call('PEXPIRE', key .. ':in-flight', flight)
  end
end
return answers
"""
_LEAVE = f"""{_NOW}
for i, key in ipairs(KEYS) do
  redis.call('ZREM', key .. ':in-flight', ARGV[1])
  if ARGV[2] == '1' then
    redis.call('ZADD', key, now + ARGV[i + 2], ARGV[1])
    redis.call('PEXPIRE', key, ARGV[i + 2])
  end
end
"""
_LIFT = """
local is_first = redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[1])
if is_first then redis.call('DEL', KEYS[2]) end
return is_first and 1 or 0
"""


class RedisCounts:
    """A store at `url`; connections are opened on demand."""

    troubles: tuple[type[Exception], ...] = (RedisError, OSError)

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            # The caller sets the timeout. The library's own swallows cancellations that come while
            # it writes (Python 3.11's `wait_for`).
            timeout=None,
            socket_timeout=None,
            socket_connect_timeout=None,
            # RESP2, which every version speaks.
            protocol=2,
            # One retry, as an idle connection may have been closed; each script may be repeated.
            retry=Retry(NoBackoff(), 1),
        )
        self._redis = Redis.from_pool(pool)
        self._enter = self._redis.register_script(_ENTER)
        self._leave = self._redis.register_script(_LEAVE)
        self._lift = self._redis.register_script(_LIFT)

    async def enter(self, attempt: str, counts: Sequence[Count]) -> Entry:
        """Counts an attempt as in flight; see `Counts.enter`."""
        amounts = [count.limit.amount for count in counts]
        answers: list[int] = await self._enter(
            _keys(counts),
            [attempt, _milliseconds(timedelta(seconds=IN_FLIGHT_SECONDS)), *amounts],
        )
        full = {c: ms / 1000 for c, ms in zip(counts, answers, strict=True) if ms > 0}
        return Entry(is_let_in=not any(answers), full=full)

    async def leave(self, attempt: str, counts: Sequence[Count], *, has_failed: bool) -> None:
        """Ends the flight of an attempt; see `Counts.leave`."""
        windows = [_milliseconds(count.limit.window) for count in counts]
        await self._leave(_keys(counts), [attempt, int(has_failed), *windows])

    async def lift(self, mark: str, count: Count) -> bool:
        """Forgets the failures of a count once for each mark; see `Counts.lift`."""
        keys = (f"{_PREFIX}lifted:{mark}", *_keys([count]))
        return bool(await self._lift(keys, [LIFTED_SECONDS]))

    async def is_reachable(self) -> bool:
        """Whether Redis answers a PING."""
        try:
            await self._redis.ping()
        except self.troubles:
            return False
        return True

    async def close(self) -> None:
        """Closes the connections of this process."""
        await self._redis.aclose()


def _keys(counts: Sequence[Count]) -> tuple[str, ...]:
    return tuple(_PREFIX + count.key for count in counts)


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
