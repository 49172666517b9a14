"""Password hashing off the event loop, in a bounded pool of threads.

bcrypt releases the interpreter's lock, so threads use the cores. The module knows no user.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from api.errors import Overloaded
from api.security import passwords

T = TypeVar("T")

# Seconds that a request waits for a thread before it is refused.
WAIT_SECONDS = 10
# Niceness of the threads, below the event loop's, so that sign-ins do not delay other answers.
_NICENESS = 10
# Steps of cost by which imported hashes may lengthen every verification (four times).
_MAX_EXTRA_COST = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a verification; `new_hash` replaces the stored hash when it is set."""

    is_right: bool
    new_hash: str | None = field(default=None, repr=False)


class PasswordHasher:
    """Hashes and verifies at `cost`, at most `threads` at a time."""

    def __init__(self, *, cost: int, threads: int, wait_seconds: float = WAIT_SECONDS) -> None:
        self._cost = self._ceiling = cost
        self._wait_seconds = wait_seconds
        self._places = asyncio.Semaphore(threads)
        self._pool = ThreadPoolExecutor(
            max_workers=threads, thread_name_prefix="hashing", initializer=_step_back
        )

    async def hash(self, password: str) -> str:
        """The stored form of `password`.

        Raises:
            Overloaded: no thread became free within the time allowed.
        """
        return await self._run(lambda: passwords.hash_password(password, self._cost))

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Compares with a stored hash, and takes as long when there is none.

        Raises:
            Overloaded: no thread became free within the time allowed.
        """
        # A hash of a higher cost than the setting must not take longer than a missing one. Bounded,
        # because one imported hash of cost 16 must not slow down every sign-in.
        seen = min(passwords.cost_of(stored or ""), self._cost + _MAX_EXTRA_COST)
        self._ceiling = max(self._ceiling, seen)
        ceiling = self._ceiling
        return await self._run(lambda: _verdict(password, stored, self._cost, ceiling))

    def close(self) -> None:
        """Waits for running work and drops waiting work."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            await asyncio.wait_for(self._places.acquire(), self._wait_seconds)
        except TimeoutError:
            raise Overloaded(retry_after=WAIT_SECONDS) from None
        loop = asyncio.get_running_loop()

        def free(_: Future[T]) -> None:
            # When the thread is done, also after the caller was cancelled.
            loop.call_soon_threadsafe(self._places.release)

        future = self._pool.submit(work)
        future.add_done_callback(free)
        return await asyncio.wrap_future(future)


def default_threads(workers: int) -> int:
    """Threads for each worker, so that all workers together fill the cores once; at least one."""
    return max(1, (os.cpu_count() or 1) // workers)


def _verdict(password: str, stored: str | None, cost: int, ceiling: int) -> Verdict:
    stored_cost = passwords.cost_of(stored or "")
    if stored is None or not 0 < stored_cost <= passwords.MAX_COST:
        # No user, no password, or no hash: take the time of a comparison (OWASP ASVS 2.2.1).
        passwords.burn(password, ceiling)
        return Verdict(is_right=False)
    if not passwords.verify_password(password, stored):
        # 2^c + 2^c + 2^(c+1) + … + 2^(C-1) = 2^C: an old, cheap hash answers no sooner.
        for step in range(stored_cost, ceiling):
            passwords.burn(password, step)
        return Verdict(is_right=False)
    if passwords.needs_rehash(password, stored, cost):
        return Verdict(is_right=True, new_hash=passwords.hash_password(password, cost))
    return Verdict(is_right=True)


def _step_back() -> None:
    if sys.platform == "linux":  # where niceness is a thread's own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
