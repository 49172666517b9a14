"""Owns the limits on failed sign-ins, registrations and refused refreshes (OWASP ASVS 2.2.1).

Counting is the `limits` library's; which things are counted together is decided here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import math
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from limits import (
    RateLimitItem,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    WindowStats,
)
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string

from api.errors import Overloaded, Throttled, Unavailable
from api.security.digests import digest
from api.security.emails import normalise_email

ACCOUNT_AND_ADDRESS = RateLimitItemPerMinute(10, 10, namespace="sign-in.account-address")
ADDRESS = RateLimitItemPerMinute(100, 10, namespace="sign-in.address")
ACCOUNT = RateLimitItemPerHour(100, 1, namespace="sign-in.account")
REGISTRATION = RateLimitItemPerMinute(5, 1, namespace="registration.address")
REFUSED_REFRESH = RateLimitItemPerMinute(60, 1, namespace="refresh.address")
OAUTH = RateLimitItemPerMinute(60, 10, namespace="oauth.address")
# A provider's trouble is nobody's fault here; yet each return leaves rows.
OAUTH_TROUBLE = RateLimitItemPerMinute(600, 10, namespace="oauth-trouble.address")
# Seconds that an attempt waits for those in flight.
WAIT_SECONDS = 10
# A flood of refused tries leaves one audit row a minute, not one a try.
AUDIT_ROW = RateLimitItemPerMinute(1, 1, namespace="audit.row")

log = structlog.get_logger("everruns_auth.throttle")


@dataclass(frozen=True, slots=True)
class Count:
    """A limit together with what it is counted for."""

    limit: RateLimitItem
    key: str


class Throttle:
    """Counts failures, and attempts still in flight, against the limits."""

    def __init__(self, storage_url: str) -> None:
        storage = storage_from_string(f"async+{storage_url}", wrap_exceptions=True)
        assert isinstance(storage, Storage)
        self._limiter = MovingWindowRateLimiter(storage)
        self._in_flight: Counter[Count] = Counter()
        self._left = asyncio.Event()

    @asynccontextmanager
    async def sign_in(self, email: str, address: str | None) -> AsyncIterator[Attempt]:
        """One try at a password of `email` from `address`.

        Raises:
            Throttled: too many failed; the same for accounts that exist and that do not.
            Overloaded: too many in flight for too long.
        """
        account, place = digest(normalise_email(email)), network_of(address)
        counts = (
            Count(ACCOUNT_AND_ADDRESS, f"{account}@{place}"),
            Count(ADDRESS, place),
            Count(ACCOUNT, account),
        )
        async with self._attempt(*counts) as attempt:
            yield attempt

    @asynccontextmanager
    async def oauth(self, address: str | None) -> AsyncIterator[Attempt]:
        """One return from a provider to `address`; raises as `sign_in` does.

        Each can make this server ask the provider, so those that come to nothing are few.
        """
        async with self._attempt(Count(OAUTH, network_of(address))) as attempt:
            yield attempt

    async def oauth_trouble(self, address: str | None) -> None:
        """Count a return that ended in a provider's trouble; raises `Throttled` after very many."""
        await self._count(Count(OAUTH_TROUBLE, network_of(address)))

    async def refused_refresh(self, address: str | None) -> None:
        """Count one refused refresh; good ones are not limited, a whole office may share an address.

        Raises:
            Throttled: there were too many.
        """
        await self._count(Count(REFUSED_REFRESH, network_of(address)))

    async def register(self, address: str | None) -> None:
        """Count one registration; raises `Throttled` when there were too many."""
        await self._count(Count(REGISTRATION, network_of(address)))

    async def is_audited_first(self, what: str, address: str | None) -> bool:
        """Whether this refusal is the first of its kind within a minute."""
        return await self.hit(Count(AUDIT_ROW, f"{what}@{network_of(address)}"))

    async def is_reachable(self) -> bool:
        return await self._limiter.storage.check()

    @asynccontextmanager
    async def _attempt(self, *counts: Count) -> AsyncIterator[Attempt]:
        try:
            # `wait_for` would swallow a cancellation that comes as a place is found (Python 3.11).
            async with asyncio.timeout(WAIT_SECONDS):
                await self._enter(counts)
        except TimeoutError:
            raise Overloaded(retry_after=1) from None
        try:
            yield Attempt(self, counts)
        finally:
            self._leave(counts)

    async def _enter(self, counts: tuple[Count, ...]) -> None:
        """Take a place; wait while those in flight could, if all failed, use up the limit.

        So a hundred guesses at once get no further than ten, and a program that signs in a hundred
        times at once with the right password is served.
        """
        while True:
            left = self._left
            # Taken before asking, so that no two find the last place free.
            self._in_flight.update(counts)
            try:
                if await self._has_place(counts):
                    return
            except BaseException:
                self._leave(counts)
                raise
            self._give_back(counts)
            await left.wait()

    async def _has_place(self, counts: tuple[Count, ...]) -> bool:
        """Whether failures and attempts in flight, this one included, are within every limit.

        Raises:
            Throttled: failures alone have used one up.
        """
        remaining = {count: (await self._window(count)).remaining for count in counts}
        for count, left in remaining.items():
            if left <= 0:
                raise Throttled(retry_after=await self._seconds_left(count))
        # Compared without an await: of many that ask together, each sees who went away before it.
        return all(self._in_flight[count] <= left for count, left in remaining.items())

    def _leave(self, counts: tuple[Count, ...]) -> None:
        """Give the place back, and let those that wait ask again."""
        self._give_back(counts)
        self._left.set()
        self._left = asyncio.Event()

    def _give_back(self, counts: tuple[Count, ...]) -> None:
        self._in_flight.subtract(counts)
        for count in counts:
            if self._in_flight[count] <= 0:
                del self._in_flight[count]

    async def _count(self, count: Count) -> None:
        if not await self.hit(count):
            raise Throttled(retry_after=await self._seconds_left(count))

    async def hit(self, count: Count) -> bool:
        """Count once for good; whether it was within the limit."""
        try:
            return await self._limiter.hit(count.limit, count.key)
        except StorageError as error:
            raise _unavailable(error) from error

    async def _seconds_left(self, count: Count) -> int:
        return max(1, math.ceil((await self._window(count)).reset_time - time.time()))

    async def _window(self, count: Count) -> WindowStats:
        try:
            return await self._limiter.get_window_stats(count.limit, count.key)
        except StorageError as error:
            raise _unavailable(error) from error


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try under way; it counts for good only once it is said to have failed."""

    throttle: Throttle
    counts: tuple[Count, ...]

    async def failed(self) -> None:
        for count in self.counts:
            await self.throttle.hit(count)


def _unavailable(error: StorageError) -> Unavailable:
    """Fail closed: without counting, guessing would be free."""
    log.error("the limits' storage does not answer", trouble=type(error.storage_error).__name__)
    return Unavailable()


def network_of(address: str | None) -> str:
    """What an address is counted as: IPv4 by itself, IPv6 by its /64 (one subscriber's)."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed, 64), strict=False))
    return str(parsed)
