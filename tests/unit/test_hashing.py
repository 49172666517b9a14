from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import bcrypt
import pytest

from api.errors import Overloaded
from api.hashing import PasswordHasher, default_threads
from api.security.passwords import hash_password, verify_password

pytestmark = pytest.mark.anyio

# Nobody waits this long: what is asked of the gate happens, or the test has failed.
PATIENCE = 10


class Gate:
    """Stands in for bcrypt: every hash waits until the gate opens, and is counted."""

    def __init__(self, real: Callable[..., bytes]) -> None:
        self._real = real
        self._lock = threading.Lock()
        self.is_open = threading.Event()
        self.threads: set[int] = set()
        self.waiting = self.most = 0

    def __call__(self, *arguments: Any) -> bytes:
        with self._lock:
            self.threads.add(threading.get_ident())
            self.waiting += 1
            self.most = max(self.most, self.waiting)
        self.is_open.wait(PATIENCE)
        with self._lock:
            self.waiting -= 1
        return self._real(*arguments)

    async def until(self, waiting: int) -> None:
        async with asyncio.timeout(PATIENCE):
            # Threads count themselves, and cannot set an event of the loop.
            while self.waiting != waiting:  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate(bcrypt.hashpw)
    monkeypatch.setattr(bcrypt, "hashpw", gate)
    return gate


@asynccontextmanager
async def hashing(threads: int = 1, **more: float) -> AsyncIterator[PasswordHasher]:
    hasher = PasswordHasher(cost=4, threads=threads, **more)
    try:
        yield hasher
    finally:
        hasher.close()


async def test_a_hash_verifies() -> None:
    async with hashing() as hasher:
        stored = await hasher.hash("correct horse")
        verdict = await hasher.verify("correct horse", stored)
        assert verdict.is_right
        assert verdict.new_hash is None
        assert not (await hasher.verify("incorrect horse", stored)).is_right


@pytest.mark.parametrize("stored", [None, "", "!", "$2b$99$" + "a" * 53])
async def test_where_there_is_no_hash_nothing_is_right(stored: str | None) -> None:
    async with hashing() as hasher:
        verdict = await hasher.verify("correct horse", stored)
        assert not verdict.is_right
        assert verdict.new_hash is None


async def test_a_right_password_with_an_old_hash_gets_a_new_one() -> None:
    stored = hash_password("correct horse", 4)
    hasher = PasswordHasher(cost=5, threads=1)
    verdict = await hasher.verify("correct horse", stored)
    hasher.close()
    assert verdict.new_hash is not None
    assert verdict.new_hash.startswith("$2b$05$")
    assert verify_password("correct horse", verdict.new_hash)
    assert verdict.new_hash not in repr(verdict)


async def test_a_wrong_password_never_replaces_a_hash() -> None:
    async with hashing() as hasher:
        stored = hash_password("correct horse", 4).replace("$2b$", "$2a$")
        assert (await hasher.verify("incorrect", stored)).new_hash is None


@pytest.mark.parametrize("stored_cost", [4, 5, 6, 7])
async def test_a_wrong_password_costs_the_same_whatever_the_stored_cost(
    stored_cost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = hash_password("correct horse", stored_cost)
    rounds = [2**stored_cost]
    real = bcrypt.gensalt

    def gensalt(cost: int) -> bytes:
        rounds.append(2**cost)
        return real(cost)

    monkeypatch.setattr(bcrypt, "gensalt", gensalt)
    hasher = PasswordHasher(cost=7, threads=1)
    await hasher.verify("incorrect", stored)
    hasher.close()
    assert sum(rounds) == 2**7


async def test_hashing_is_done_off_the_loop_and_by_no_more_threads_than_allowed(
    gate: Gate,
) -> None:
    async with hashing(threads=2) as hasher:
        tasks = [asyncio.create_task(hasher.hash("x")) for _ in range(6)]
        await gate.until(waiting=2)
        gate.is_open.set()
        await asyncio.gather(*tasks)
    assert gate.most == 2
    assert threading.get_ident() not in gate.threads


async def test_what_cannot_start_in_time_is_overloaded(gate: Gate) -> None:
    async with hashing(wait_seconds=0.01) as hasher:
        first = asyncio.create_task(hasher.hash("first"))
        await gate.until(waiting=1)
        with pytest.raises(Overloaded) as refused:
            await hasher.hash("second")
        assert refused.value.retry_after >= 1
        gate.is_open.set()
        assert verify_password("first", await first)


async def test_a_caller_who_left_still_holds_the_thread_that_works_for_them(
    gate: Gate,
) -> None:
    async with hashing(wait_seconds=0.01) as hasher:
        left = asyncio.create_task(hasher.hash("left"))
        await gate.until(waiting=1)
        left.cancel()
        with pytest.raises(Overloaded):
            await hasher.hash("next")
        gate.is_open.set()
        await gate.until(waiting=0)


async def test_a_place_is_free_again_after_those_who_gave_up(gate: Gate) -> None:
    async with hashing(wait_seconds=0.01) as hasher:
        first = asyncio.create_task(hasher.hash("first"))
        await gate.until(waiting=1)
        for _ in range(3):
            with pytest.raises(Overloaded):
                await hasher.hash("gives up")
        gate.is_open.set()
        await first
    async with hashing() as hasher:
        assert verify_password("next", await hasher.hash("next"))


async def test_all_workers_together_fill_the_cores_once() -> None:
    assert default_threads(1) >= default_threads(2) >= 1
    assert default_threads(10_000) == 1
