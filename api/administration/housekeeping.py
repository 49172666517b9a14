"""Deletes old rows: expired sessions and keys, old audit rows, networks and events."""

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
# Age at which audit rows, expired keys and unused networks are deleted.
KEPT = timedelta(days=90)
# Age at which unblockings are deleted; after an hour they have no failure left to forgive.
UNBLOCKS_KEPT = timedelta(days=1)
# Rows of one DELETE, and the pause after it: other writers wait for milliseconds only.
BATCH = 1_000
PAUSE_SECONDS = 0.01

log = structlog.get_logger("everruns_auth.housekeeping")


@dataclass(frozen=True, slots=True)
class Purged:
    """The number of deleted rows of each table."""

    sessions: int
    api_keys: int
    audit_events: int
    used_states: int
    known_networks: int
    unblocks: int


async def purge(now: datetime) -> Purged:
    """Deletes old rows in batches; returns how many of each table.

    Expired sessions and states; unblockings after a day; after 90 days expired keys, audit rows,
    and networks without a sign-in since.
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
    """Deletes batch by batch, so that no writer waits long for the lock; counts the rows."""
    total = 0
    while some := await purge_some():
        total += some
        await asyncio.sleep(PAUSE_SECONDS)
    return total


class Sweeper:
    """Deletes events that are too old to resume from, and sums up the counters."""

    def __init__(self) -> None:
        self._positions: deque[Position] = deque()

    async def sweep(self) -> None:
        """Deletes the events that were there in a call over ten minutes ago; called once a minute."""
        present = await events.present()
        self._positions.append(present)
        passed = None
        # One round longer than KEPT: positions have whole seconds, and a listener may be resuming.
        kept = feed.KEPT + SWEEP_EVERY
        while self._positions[0].read_at < present.read_at - kept.total_seconds():
            passed = self._positions.popleft()
        if passed is not None:
            await events.purge(passed)
        await counters.fold()


async def run(url: DatabaseUrl) -> None:
    """Purges once an hour until cancelled; one worker of all nodes does it at a time."""

    async def purge_all() -> None:
        purged = await purge(datetime.now(UTC))
        log.info("purged", **asdict(purged))

    while True:
        await _sleep(EVERY)
        await _alone(url, "purge", purge_all)


async def keep_sweeping(url: DatabaseUrl) -> None:
    """Sweeps once a minute until cancelled; one worker of all nodes does it at a time."""
    sweeper = Sweeper()
    while True:
        await _sleep(SWEEP_EVERY)
        await _alone(url, "sweep", sweeper.sweep)


async def _sleep(every: timedelta) -> None:
    # A random factor, so that workers that start together do not ask for the lock together.
    await asyncio.sleep(every.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311


async def _alone(url: DatabaseUrl, purpose: str, do: Callable[[], Awaitable[None]]) -> None:
    """Runs `do`, unless another process holds the lock for `purpose`; failures are logged."""
    try:
        async with held_if_free(url, purpose) as is_mine:
            if is_mine:
                await do()
    except Exception as error:  # noqa: BLE001
        # Bugs too, because a task that ends here would never run again.
        TroubleLog(log, f"no {purpose} this time").report(error)
