"""The limits on failed sign-ins, registrations and refused refreshes (OWASP ASVS 6.3.1).

A store (`counts`) counts; this module decides which things are counted together. A stranger locks
no owner out: on a network that the account signed in from, only failures for that account on that
network count against it.
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

from api.errors import Overloaded, Throttled, Unavailable
from api.request_context import RequestContext
from api.security.digests import digest
from api.security.emails import normalise_email
from api.security.networks import NOWHERE, block_of, network_of
from models import KnownNetwork, Unblock
from models.counts import Count, Counts, Entry, Limit
from models.engines.sqlite.counts import LocalCounts

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
# Callbacks that end in a provider's trouble: the limit is high, because no caller is to blame.
OAUTH_TROUBLE = Limit("oauth-trouble.network", 600, 10 * MINUTE)
# Audit rows of one kind and network: one a minute, however many tries are refused.
AUDIT_ROW = Limit("audit.row", 1, MINUTE)

# Time for which a network stays known after the last sign-in from it.
KNOWN_FOR = timedelta(days=30)
# The longest window of a limit: an older unblocking has no failure left to forgive.
UNBLOCKS_COUNT_FOR = timedelta(hours=1)
# Seconds that an attempt waits for others in flight.
WAIT_SECONDS = 10
# Seconds between two tries to enter, doubled from the first to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 0.02, 0.5
# Timeout of one question to the store, in seconds.
ANSWER_SECONDS = 1
# Attempts remembered while the store is unreachable; it drops older ones by itself.
MOST_UNTOLD = 10_000

log = structlog.get_logger("everruns_auth.throttle")


def counts_at(storage_url: str, shared_file: Path | None = None) -> Counts:
    """The store that a URL names; `memory://` is shared by all processes with the same file."""
    if storage_url.startswith("memory:"):
        return LocalCounts(shared_file)
    # Imported here: most servers have no Redis, and start without loading its client.
    from api.redis_counts import RedisCounts  # noqa: PLC0415

    return RedisCounts(storage_url)


async def is_known(email: str, context: RequestContext) -> bool:
    """Whether the account of `email` signed in from the network of this request within 30 days."""
    network = network_of(context.ip_address)
    if network == NOWHERE:
        return False
    since = context.now - KNOWN_FOR
    return await KnownNetwork.is_known(normalise_email(email), network, since=since)


async def unblocked(subjects: Sequence[str], now: datetime) -> list[tuple[UUID, str]]:
    """The unblockings of `subjects` within the last hour, as (id, subject)."""
    return await Unblock.of(subjects, since=now - UNBLOCKS_COUNT_FOR)


class Throttle:
    """Counts failures and attempts in flight against the limits.

    A question to `counts` may take `answer_seconds`.
    """

    def __init__(
        self,
        counts: Counts,
        unblocks: Unblocks = unblocked,
        *,
        answer_seconds: float = ANSWER_SECONDS,
    ) -> None:
        self._counts = counts
        self._answer_seconds = answer_seconds
        self._troubles: tuple[type[Exception], ...] = (TimeoutError, *counts.troubles)
        self._unblocks = unblocks
        self._is_away = False
        # Ends of attempts that the store missed while unreachable, the newest MOST_UNTOLD of them.
        self._untold: deque[tuple[Attempt, bool]] = deque(maxlen=MOST_UNTOLD)
        self._telling: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def sign_in(
        self, email: str, context: RequestContext, *, is_known: bool
    ) -> AsyncIterator[Attempt]:
        """One try at a password of `email`, counted as failed by `Attempt.count`.

        `is_known` says whether the account signed in from this network before. A failure on a known
        network counts against strangers as well.

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
        """One registration, counted by `Attempt.count` when it succeeded; raises as `sign_in`."""
        async with self._attempt(context, (_of_network(REGISTRATION, context),)) as attempt:
            yield attempt

    @asynccontextmanager
    async def oauth(self, context: RequestContext) -> AsyncIterator[Attempt]:
        """One callback of a provider, counted by `Attempt.count` if it failed; raises as `sign_in`.

        Each callback can make this server ask the provider, so the failed ones are limited.
        """
        async with self._attempt(context, (_of_network(OAUTH, context),)) as attempt:
            yield attempt

    async def oauth_trouble(self, context: RequestContext) -> None:
        """Counts a callback that ended in a provider's trouble; raises as `sign_in`."""
        await self._count(_of_network(OAUTH_TROUBLE, context), context)

    async def refused_refresh(self, context: RequestContext) -> None:
        """Counts one refused refresh; good ones are unlimited: offices share one address.

        Raises:
            Throttled: too many were refused.
            Overloaded: too many are in flight for too long.
            Unavailable: the store of counts does not answer.
        """
        await self._count(_of_network(REFUSED_REFRESH, context), context)

    async def is_audited_first(self, what: str, context: RequestContext) -> bool:
        """Whether `what` was not refused yet to this network within the last minute.

        Raises:
            Unavailable: the store of counts does not answer.
        """
        attempt = Attempt(self, (Count(AUDIT_ROW, f"{what}@{network_of(context.ip_address)}"),))
        is_first = (await self._enter(attempt, attempt.counted)).is_let_in
        if is_first:
            await attempt.count()
        return is_first

    async def is_reachable(self) -> bool:
        """Whether the store of counts answers, for `/ready`."""
        return await self._counts.is_reachable()

    async def close(self) -> None:
        """Stops reporting missed ends to the store, and closes it."""
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
            # `wait_for` would swallow a cancellation at the moment of entry (Python 3.11).
            async with asyncio.timeout(WAIT_SECONDS) as patience:
                await self._find_place(attempt, limiting, context)
        except (TimeoutError, asyncio.CancelledError):
            # The attempt may have entered at that moment.
            await attempt.leave()
            if patience.expired():
                raise Overloaded(retry_after=1) from None
            raise
        except Unavailable:
            # A store that hangs enters the attempt when it resumes; its end is reported then.
            self._untold.append((attempt, False))
            raise
        try:
            yield attempt
        finally:
            await attempt.leave()

    async def _find_place(
        self, attempt: Attempt, limiting: tuple[Count, ...], context: RequestContext
    ) -> None:
        """Enters the attempt; waits while those in flight would use up the limit if all failed.

        A hundred guesses at once therefore get no further than ten, and a program that signs in a
        hundred times at once with the right password is served.
        """
        pause = FIRST_PAUSE
        while True:
            entry = await self._enter(attempt, limiting)
            if entry.is_let_in:
                return
            if not entry.full:
                # A random factor, so that waiting attempts do not ask together.
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
                pause = min(2 * pause, LONGEST_PAUSE)
            elif not await self._lift(entry.full, context):
                raise Throttled(retry_after=max(1, math.ceil(max(entry.full.values()))))

    async def _lift(self, full: Mapping[Count, float], context: RequestContext) -> bool:
        """Forgets failures that an operator has forgiven since; returns whether there were any."""
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
        """Ends the flight of an attempt; see `Attempt`.

        Raises:
            Unavailable: the store does not answer; the end is reported once it does.
        """
        question = self._counts.leave(attempt.id, attempt.counted, has_failed=has_failed)
        try:
            await self._ask(question)
        except Unavailable:
            self._untold.append((attempt, has_failed))
            raise

    async def _tell(self) -> None:
        """Reports to the store the ends that it missed; else dead attempts would hold places."""
        # After the questions that were sent before it hung.
        await asyncio.sleep(self._answer_seconds)
        with suppress(Unavailable):
            while self._untold:
                attempt, has_failed = self._untold.popleft()
                await self.leave(attempt, has_failed=has_failed)

    async def _count(self, count: Count, context: RequestContext) -> None:
        async with self._attempt(context, (count,)) as attempt:
            await attempt.count()

    async def _ask(self, question: Awaitable[T]) -> T:
        """The answer of the store. Fails closed: without counting, guessing would be free."""
        try:
            async with asyncio.timeout(self._answer_seconds):
                answer = await question
        except self._troubles as trouble:
            self._note(trouble)
            raise Unavailable from trouble
        self._note(None)
        return answer

    def _note(self, trouble: BaseException | None) -> None:
        """Logs once that the store became unreachable, and once that it answers again."""
        if trouble is not None and not self._is_away:
            log.error("the store of rate limits does not answer", trouble=_words(trouble))
        if trouble is None and self._is_away:
            log.info("the store of rate limits answers again")
            self._telling = asyncio.create_task(self._tell())
        self._is_away = trouble is not None


class Attempt:
    """An attempt in flight; it is counted for its whole window only after `count`."""

    def __init__(self, throttle: Throttle, counted: tuple[Count, ...]) -> None:
        self.id = uuid4().hex
        self.counted = counted
        self._throttle = throttle
        self._is_over = False

    async def count(self) -> None:
        """Counts the attempt: a sign-in that failed, a registration that succeeded.

        Raises:
            Unavailable: the store of counts does not answer; the caller must refuse the request
                too.
        """
        self._is_over = True
        await self._throttle.leave(self, has_failed=True)

    async def leave(self) -> None:
        """Ends the flight without counting it; an unreachable store gets it later."""
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
    """The kind of trouble and its first line; words of Redis, such as READONLY, hold no secret."""
    words = str(trouble).splitlines()
    return f"{type(trouble).__name__}: {words[0]}" if words else type(trouble).__name__
