"""Owns what is thrown away, and when: expired sessions and keys, old audit rows and events."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import structlog

from api.administration import feed
from api.settings.database_url import DatabaseUrl
from api.trouble_log import TroubleLog
from models import (
    ApiKey,
    AuditEvent,
    KnownNetwork,
    RefreshToken,
    Unblock,
    UsedState,
    counters,
    events,
)
from models.event_position import Position
from models.locks import held_if_free

EVERY = timedelta(hours=1)
SWEEP_EVERY = timedelta(minutes=1)
KEPT = timedelta(days=90)
# Far past the hour for which they have anything to forgive.
UNBLOCKS_KEPT = timedelta(days=1)
BATCH = 1_000
PAUSE_SECONDS = 0.01

log = structlog.get_logger("everruns_auth.housekeeping")


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went."""

    sessions: int
    api_keys: int
    audit_events: int
    used_states: int
    known_networks: int
    unblocks: int


async def purge(now: datetime) -> Purged:
    """Delete what is past.

    That is expired sessions and states, unblockings a day old, and what is 90 days old: expired
    keys, audit rows, and networks that nobody signed in from since.
    """
    return Purged(
        sessions=await _all(lambda: RefreshToken.purge(expired_before=now, limit=BATCH)),
        api_keys=await _all(lambda: ApiKey.purge(expired_before=now - KEPT, limit=BATCH)),
        audit_events=await _all(lambda: AuditEvent.purge(before=now - KEPT, limit=BATCH)),
        used_states=await _all(lambda: UsedState.purge(expired_before=now, limit=BATCH)),
        known_networks=await _all(lambda: KnownNetwork.purge(before=now - KEPT, limit=BATCH)),
        unblocks=await _all(lambda: Unblock.purge(before=now - UNBLOCKS_KEPT, limit=BATCH)),
    )


async def _all(purge_some: Callable[[], Awaitable[int]]) -> int:
    """Purge batch by batch, so that nobody waits long for the lock; how many rows went."""
    total = 0
    while some := await purge_some():
        total += some
        await asyncio.sleep(PAUSE_SECONDS)
    return total


class Sweeper:
    """Drops the events that are too old to resume from, and sums up the tallies."""

    def __init__(self) -> None:
        self._positions: deque[Position] = deque()

    async def sweep(self) -> None:
        """To be called about once a minute: drops what was there in a call over ten minutes ago."""
        present = await events.present()
        self._positions.append(present)
        passed = None
        # A round longer than promised: places know only whole seconds, and somebody may be resuming.
        kept = feed.KEPT + SWEEP_EVERY
        while self._positions[0].read_at < present.read_at - kept.total_seconds():
            passed = self._positions.popleft()
        if passed is not None:
            await events.purge(passed)
        await counters.fold()


async def run(url: DatabaseUrl) -> None:
    """Purge once an hour until cancelled; of all workers and nodes one does it at a time."""

    async def purge_all() -> None:
        purged = await purge(datetime.now(UTC))
        log.info("purged", **asdict(purged))

    while True:
        await _sleep(EVERY)
        await _alone(url, "purge", purge_all)


async def keep_sweeping(url: DatabaseUrl) -> None:
    """Sweep once a minute until cancelled; of all workers and nodes one does it at a time."""
    sweeper = Sweeper()
    while True:
        await _sleep(SWEEP_EVERY)
        await _alone(url, "sweep", sweeper.sweep)


async def _sleep(every: timedelta) -> None:
    # Spread, so that workers that start together do not ask for the lock together.
    await asyncio.sleep(every.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311


async def _alone(url: DatabaseUrl, purpose: str, do: Callable[[], Awaitable[None]]) -> None:
    """Do it, unless another process is at it; what goes wrong is logged."""
    try:
        async with held_if_free(url, purpose) as is_mine:
            if is_mine:
                await do()
    except Exception as error:  # noqa: BLE001
        # A bug, too: a task that ended here would never do it again.
        TroubleLog(log, f"no {purpose} this time").report(error)
