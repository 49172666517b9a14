"""Keeps password hashing off the event loop, in a bounded pool of threads.

bcrypt lets go of the interpreter's lock, so threads use the cores. It knows no user.
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

WAIT_SECONDS = 10
# Lower priority than the loop's thread: a storm of sign-ins must not delay other answers.
_NICENESS = 10
_MAX_EXTRA_COST = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password is right; `new_hash` is set when the stored one should be replaced."""

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
        """The stored form of `password`; raises `Overloaded` when no thread frees in time."""
        return await self._run(lambda: passwords.hash_password(password, self._cost))

    async def verify(self, password: str, stored: str | None) -> Verdict:
        """Compare with a stored hash, taking the same time where there is none.

        Raises:
            Overloaded: no thread became free within the time allowed.
        """
        # A hash that costs more than the setting must not answer later than one that is not there.
        # Up to a bound: one hash of cost 16 brought from elsewhere must not cost everybody that.
        seen = min(passwords.cost_of(stored or ""), self._cost + _MAX_EXTRA_COST)
        self._ceiling = max(self._ceiling, seen)
        ceiling = self._ceiling
        return await self._run(lambda: _verdict(password, stored, self._cost, ceiling))

    def close(self) -> None:
        """Let what runs finish and drop what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            await asyncio.wait_for(self._places.acquire(), self._wait_seconds)
        except TimeoutError:
            raise Overloaded(retry_after=WAIT_SECONDS) from None
        loop = asyncio.get_running_loop()

        def free(_: Future[T]) -> None:
            # Only when the thread is done, also where the caller was cancelled meanwhile.
            loop.call_soon_threadsafe(self._places.release)

        future = self._pool.submit(work)
        future.add_done_callback(free)
        return await asyncio.wrap_future(future)


def default_threads(workers: int) -> int:
    """Threads a worker, so that all workers together fill the cores once."""
    return max(1, (os.cpu_count() or 1) // workers)


def _verdict(password: str, stored: str | None, cost: int, ceiling: int) -> Verdict:
    stored_cost = passwords.cost_of(stored or "")
    if stored is None or not 0 < stored_cost <= passwords.MAX_COST:
        # No user, no password, or no hash: burn what a comparison costs (OWASP ASVS 2.2.1).
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
