"""Owns how long a provider's documents are kept, and that one task at a time fetches them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from api.federation.failures import ProviderTrouble

T = TypeVar("T")

# All in seconds. Google lets its own be kept for about as long.
FRESH = 3600.0
# A provider that is away for an hour must not keep anybody out; keys that it withdrew must not
# open anything for long.
STALE = 24 * 3600.0
# Whoever misses something has the document fetched anew, but a stranger who makes keys up must not
# make us ask often.
PAUSE = 5.0
# Those who wait behind a failed fetch share its failure.
FAILED = 2.0

log = structlog.get_logger("everruns_auth.oauth")


class CachedDocument(Generic[T]):
    """One document: fetched at need, kept for an hour, and for a day while it cannot be had anew.

    `clock` gives seconds that never go backwards.
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
        """The document, at most an hour old where the provider answers.

        Raises:
            ProviderTrouble: it cannot be had, and none is kept.
        """
        known = self._younger_than(FRESH)
        if known is not None:
            return known
        async with self._lock:
            # Looked at again: whoever held the lock may have fetched it.
            known = self._younger_than(FRESH)
            return known if known is not None else await self._fetch_or_keep()

    async def newer(self) -> T:
        """The document as it is now, for a reader who misses something in it; raises as `fresh`.

        It is fetched at once, however young the known one is, and then not again for some seconds.
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
