"""Owns the limits on failed sign-ins, registrations and refused refreshes (OWASP ASVS 6.3.1).

Counting is done in a store (`counts`); which things are counted together is decided here. Strangers
lock nobody out who sits where they always sit: from a network that the account signed in from, only
what failed for that account on that network counts against it.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import structlog

from api.counts.count import Count, Counts, Entry, Limit
from api.counts.local import LocalCounts
from api.errors import Overloaded, Throttled, Unavailable
from api.request_context import RequestContext
from api.security.digests import digest
from api.security.emails import normalise_email
from api.security.networks import NOWHERE, block_of, network_of
from models import KnownNetwork, Unblock

T = TypeVar("T")
Unblocks = Callable[[Sequence[str], datetime], Awaitable[list[tuple[UUID, str]]]]

MINUTE = timedelta(minutes=1)
ACCOUNT_AND_NETWORK = Limit("sign-in.account-network", 10, 10 * MINUTE)
NETWORK = Limit("sign-in.network", 100, 10 * MINUTE)
BLOCK = Limit("sign-in.block", 300, 10 * MINUTE)
ACCOUNT = Limit("sign-in.account", 100, 60 * MINUTE)
REGISTRATION = Limit("registration.network", 5, MINUTE)
REFUSED_REFRESH = Limit("refresh.network", 60, MINUTE)
OAUTH = Limit("oauth.network", 60, 10 * MINUTE)
# A provider's trouble is nobody's fault here; yet each return leaves rows.
OAUTH_TROUBLE = Limit("oauth-trouble.network", 600, 10 * MINUTE)
# A flood of refused tries leaves one audit row a minute, not one a try.
AUDIT_ROW = Limit("audit.row", 1, MINUTE)

# How long a network stays known after the last sign-in from it.
KNOWN_FOR = timedelta(days=30)
# The longest window: an older unblocking has nothing left to forgive.
UNBLOCKS_COUNT_FOR = timedelta(hours=1)
# Seconds that an attempt waits for those in flight.
WAIT_SECONDS = 10
# Seconds between two looks for a place; each is twice as long as the one before.
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
# Seconds that the store has for one answer.
ANSWER_SECONDS = 1
MOST_UNTOLD = 10_000

log = structlog.get_logger("everruns_auth.throttle")


def counts_at(storage_url: str, shared_file: Path | None = None) -> Counts:
    """The store that a URL names; `memory://` is shared by all processes that name one file."""
    if storage_url.startswith("memory:"):
        return LocalCounts(shared_file)
    # Most servers do without it, and start without loading it.
    from api.counts.redis import RedisCounts  # noqa: PLC0415

    return RedisCounts(storage_url)


async def is_known(email: str, context: RequestContext) -> bool:
    """Whether the account of an address signed in lately from the network of the occasion."""
    network = network_of(context.ip_address)
    if network == NOWHERE:
        return False
    since = context.now - KNOWN_FOR
    return await KnownNetwork.is_known(normalise_email(email), network, since=since)


async def unblocked(subjects: Sequence[str], now: datetime) -> list[tuple[UUID, str]]:
    """The unblockings of any of the subjects that may still have something to forgive."""
    return await Unblock.of(subjects, since=now - UNBLOCKS_COUNT_FOR)


class Throttle:
    """Counts failures, and attempts still in flight, against the limits."""

    def __init__(self, counts: Counts, unblocks: Unblocks = unblocked) -> None:
        self._counts = counts
        self._troubles: tuple[type[Exception], ...] = (TimeoutError, *counts.troubles)
        self._unblocks = unblocks
        self._is_away = False
        # What the store was not told while it was away, the newest; the rest it forgets by itself.
        self._untold: deque[tuple[Attempt, bool]] = deque(maxlen=MOST_UNTOLD)
        self._telling: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def sign_in(
        self, email: str, context: RequestContext, *, is_known: bool
    ) -> AsyncIterator[Attempt]:
        """One try at a password of `email`; whether its network is known says `is_known`.

        What fails on a known network counts against strangers as well.

        Raises:
            Throttled: too many failed; the same for accounts that exist and that do not.
            Overloaded: too many in flight for too long.
            Unavailable: the store of counts does not answer.
        """
        account = normalise_email(email)
        network, block = network_of(context.ip_address), block_of(context.ip_address)
        networks = (network, block) if block else (network,)
        # A digest, as no key is to hold what somebody typed.
        own = Count(ACCOUNT_AND_NETWORK, f"{digest(account)}@{network}", (account, *networks))
        others = [Count(NETWORK, network, networks), Count(ACCOUNT, digest(account), (account,))]
        if block:
            others.append(Count(BLOCK, block, networks))
        limiting = (own,) if is_known else (own, *others)
        async with self._attempt(context, limiting, counted=(own, *others)) as attempt:
            yield attempt

    @asynccontextmanager
    async def registration(self, context: RequestContext) -> AsyncIterator[Attempt]:
        """One try to register; it counts once it is said to have succeeded. Raises as `sign_in`."""
        async with self._attempt(context, (_of_network(REGISTRATION, context),)) as attempt:
            yield attempt

    @asynccontextmanager
    async def oauth(self, context: RequestContext) -> AsyncIterator[Attempt]:
        """One return from a provider; raises as `sign_in` does.

        Each can make this server ask the provider, so those that come to nothing are few.
        """
        async with self._attempt(context, (_of_network(OAUTH, context),)) as attempt:
            yield attempt

    async def oauth_trouble(self, context: RequestContext) -> None:
        """Count a return that ended in a provider's trouble; raises `Throttled` after very many."""
        await self._count(_of_network(OAUTH_TROUBLE, context), context)

    async def refused_refresh(self, context: RequestContext) -> None:
        """Count one refused refresh; good ones are not limited, a whole office may share an address.

        Raises:
            Throttled: there were too many.
            Unavailable: the store of counts does not answer.
        """
        await self._count(_of_network(REFUSED_REFRESH, context), context)

    async def is_audited_first(self, what: str, context: RequestContext) -> bool:
        """Whether this refusal is the first of its kind within a minute."""
        attempt = Attempt(self, (Count(AUDIT_ROW, f"{what}@{network_of(context.ip_address)}"),))
        is_first = (await self._enter(attempt, attempt.counted)).is_let_in
        if is_first:
            await attempt.count()
        return is_first

    async def is_reachable(self) -> bool:
        return await self._counts.is_reachable()

    async def close(self) -> None:
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
        await self._counts.close()

    @asynccontextmanager
    async def _attempt(
        self,
        context: RequestContext,
        limiting: tuple[Count, ...],
        counted: tuple[Count, ...] | None = None,
    ) -> AsyncIterator[Attempt]:
        attempt = Attempt(self, counted or limiting)
        try:
            # `wait_for` would swallow a cancellation that comes as a place is found (Python 3.11).
            async with asyncio.timeout(WAIT_SECONDS) as patience:
                await self._find_place(attempt, limiting, context)
        except (TimeoutError, asyncio.CancelledError):
            # It may have got in just then.
            await attempt.leave()
            if patience.expired():
                raise Overloaded(retry_after=1) from None
            raise
        except Unavailable:
            # A store that hung does what it was asked once it goes on.
            self._untold.append((attempt, False))
            raise
        try:
            yield attempt
        finally:
            await attempt.leave()

    async def _find_place(
        self, attempt: Attempt, limiting: tuple[Count, ...], context: RequestContext
    ) -> None:
        """Take a place; wait while those in flight could, if all failed, use up the limit.

        So a hundred guesses at once get no further than ten, and a program that signs in a hundred
        times at once with the right password is served.
        """
        pause = FIRST_PAUSE
        while True:
            entry = await self._enter(attempt, limiting)
            if entry.is_let_in:
                return
            if not entry.full:
                # Spread, so that those who wait do not ask together.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
                pause = min(2 * pause, LONGEST_PAUSE)
            elif not await self._lift(entry.full, context):
                raise Throttled(retry_after=max(1, math.ceil(max(entry.full.values()))))

    async def _lift(self, full: Mapping[Count, float], context: RequestContext) -> bool:
        """Forget what an operator has forgiven since; whether that was anything."""
        subjects = {subject for count in full for subject in count.subjects}
        lifted = [
            await self._ask(self._counts.lift(f"{row_id}:{count.key}", count))
            for row_id, subject in await self._unblocks(sorted(subjects), context.now)
            for count in full
            if subject in count.subjects
        ]
        return any(lifted)

    async def _enter(self, attempt: Attempt, limiting: Sequence[Count]) -> Entry:
        return await self._ask(self._counts.enter(attempt.id, limiting))

    async def leave(self, attempt: Attempt, *, has_failed: bool) -> None:
        """End an attempt's flight; see `AuthorizationRequest`."""
        question = self._counts.leave(attempt.id, attempt.counted, has_failed=has_failed)
        try:
            await self._ask(question)
        except Unavailable:
            self._untold.append((attempt, has_failed))
            raise

    async def _tell(self) -> None:
        """Tell the store what it missed; else attempts that nobody makes any more hold places."""
        # After what it was asked before it hung.
        await asyncio.sleep(ANSWER_SECONDS)
        with suppress(Unavailable):
            while self._untold:
                attempt, has_failed = self._untold.popleft()
                await self.leave(attempt, has_failed=has_failed)

    async def _count(self, count: Count, context: RequestContext) -> None:
        async with self._attempt(context, (count,)) as attempt:
            await attempt.count()

    async def _ask(self, question: Awaitable[T]) -> T:
        """The store's answer. Fail closed: without counting, guessing would be free."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await question
        except self._troubles as trouble:
            self._note(trouble)
            raise Unavailable from trouble
        self._note(None)
        return answer

    def _note(self, trouble: BaseException | None) -> None:
        """Log that the store went, and that it came back: once, not a line a request."""
        if trouble is not None and not self._is_away:
            log.error("the store of rate limits does not answer", trouble=_words(trouble))
        if trouble is None and self._is_away:
            log.info("the store of rate limits answers again")
            self._telling = asyncio.create_task(self._tell())
        self._is_away = trouble is not None


class Attempt:
    """A try under way; it counts for good only once that is said."""

    def __init__(self, throttle: Throttle, counted: tuple[Count, ...]) -> None:
        self.id = uuid4().hex
        self.counted = counted
        self._throttle = throttle
        self._is_over = False

    async def count(self) -> None:
        """Count it: a sign-in that failed, a registration that succeeded.

        Raises:
            Unavailable: the store of counts does not answer; the try must not be answered either.
        """
        self._is_over = True
        await self._throttle.leave(self, has_failed=True)

    async def leave(self) -> None:
        """End its flight where it does not count. A store that is away forgets it by itself."""
        if not self._is_over:
            self._is_over = True
            with suppress(Unavailable):
                await self._throttle.leave(self, has_failed=False)


def _of_network(limit: Limit, context: RequestContext) -> Count:
    address = context.ip_address
    block = block_of(address)
    network = network_of(address)
    return Count(limit, network, (network, block) if block else (network,))


def _words(trouble: BaseException) -> str:
    """Which trouble it is; the server's own words, such as READONLY, hold no secret."""
    words = str(trouble).splitlines()
    return f"{type(trouble).__name__}: {words[0]}" if words else type(trouble).__name__
