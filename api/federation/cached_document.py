"""A cache for a provider's documents: one task at a time fetches, old copies bridge an outage."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from api.federation.failures import ProviderTrouble

T = TypeVar("T")

# Age in seconds up to which a copy is used without asking; Google's own max-age is about an hour.
FRESH = 3600.0
# Age in seconds up to which a copy is used while the provider does not answer: an outage of hours
# keeps nobody out, and withdrawn keys are refused after a day.
STALE = 24 * 3600.0
# Seconds between two fetches on behalf of readers who miss a key, because anybody can invent one.
PAUSE = 5.0
# Seconds for which a failed fetch answers everybody who waited behind it.
FAILED = 2.0

log = structlog.get_logger("everruns_auth.oauth")


class CachedDocument(Generic[T]):
    """One document, fetched on demand and cached as FRESH and STALE say.

    `fetch` reads the document and raises `ProviderTrouble`. `clock` gives monotonic seconds.
    """

    def __init__(
        self, fetch: Callable[[], Awaitable[T]], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = asyncio.Lock()
        self._value: T | None = None
        self._fetched_at = 0.0
        self._renewed_at: float | None = None
        self._failure: tuple[float, str] | None = None

    async def fresh(self) -> T:
        """The document, at most an hour old while the provider answers, else at most a day.

        Raises:
            ProviderTrouble: the fetch failed, and no copy is younger than a day.
        """
        known = self._younger_than(FRESH)
        if known is not None:
            return known
        async with self._lock:
            # Checked again: the previous holder of the lock may have fetched it.
            known = self._younger_than(FRESH)
            return known if known is not None else await self._fetch_or_keep()

    async def newer(self) -> T:
        """The document fetched anew, for a reader who misses something in it; raises as `fresh`.

        Within PAUSE of the last such fetch it answers as `fresh`.
        """
        async with self._lock:
            if self._renewed_at is None or self._clock() - self._renewed_at >= PAUSE:
                self._renewed_at = self._clock()
                return await self._fetch_or_keep()
        return await self.fresh()

    def _younger_than(self, seconds: float) -> T | None:
        is_young = self._clock() - self._fetched_at < seconds
        return self._value if is_young else None

    async def _fetch_or_keep(self) -> T:
        if self._failure is not None and self._clock() - self._failure[0] < FAILED:
            return self._old(self._failure[1])
        try:
            value = await self._fetch()
        except ProviderTrouble as trouble:
            self._failure = (self._clock(), trouble.why)
            return self._old(trouble.why)
        self._value, self._fetched_at, self._failure = value, self._clock(), None
        return value

    def _old(self, why: str) -> T:
        known = self._younger_than(STALE)
        if known is None:
            raise ProviderTrouble(why)
        log.warning("a provider's document is kept, because it cannot be had anew", why=why)
        return known
