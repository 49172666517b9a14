"""Owns what is thrown away, when: expired sessions and states, long expired keys, old audit rows."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import structlog

from api.database_url import DatabaseUrl
from models import ApiKey, AuditEvent, RefreshToken, UsedState, database
from models.locks import held_if_free

EVERY = timedelta(hours=1)
KEPT = timedelta(days=90)
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


async def purge(now: datetime) -> Purged:
    """Delete expired sessions and states, and keys and audit rows that are over 90 days past."""
    return Purged(
        sessions=await _all(lambda: RefreshToken.purge(expired_before=now, limit=BATCH)),
        api_keys=await _all(lambda: ApiKey.purge(expired_before=now - KEPT, limit=BATCH)),
        audit_events=await _all(lambda: AuditEvent.purge(before=now - KEPT, limit=BATCH)),
        used_states=await _all(lambda: UsedState.purge(expired_before=now, limit=BATCH)),
    )


async def _all(purge_some: Callable[[], Awaitable[int]]) -> int:
    """Purge batch by batch, so that nobody waits long for the lock; how many rows went."""
    total = 0
    while some := await purge_some():
        total += some
        await asyncio.sleep(PAUSE_SECONDS)
    return total


async def run(url: DatabaseUrl) -> None:
    """Purge once an hour until cancelled; of all workers and nodes one does it at a time."""
    while True:
        # Spread, so that workers that start together do not ask for the lock together.
        await asyncio.sleep(EVERY.total_seconds() * random.uniform(0.9, 1.1))  # noqa: S311
        try:
            async with held_if_free(url, "purge") as is_mine:
                if is_mine:
                    purged = await purge(datetime.now(UTC))
                    log.info("purged", **asdict(purged))
        except database.TROUBLES as trouble:
            log.warning("nothing was purged", trouble=type(trouble).__name__)
        except Exception:
            # A bug: said in full; a task that ended here would never purge again.
            log.exception("nothing was purged")
