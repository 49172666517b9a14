"""Sign-ins a second against bcrypt alone on the same cores, and /health while they storm."""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import bcrypt
import httpx

from benchmarks.servers import EMAIL, PASSWORD, server

ROUNDS = 3
SECONDS = 6.0
AT_ONCE = 16
COST = 12
# Seldom enough that asking for /health takes no core away from the sign-ins.
PROBE_SECONDS = 0.2


def main() -> None:
    """Print the ratio of sign-ins to bare bcrypt, and of /health under load to idle."""
    with server(workers=1, AUTH_BCRYPT_COST=str(COST)) as running:
        bare, served, idle, loaded = [], [], [], []
        for _ in range(ROUNDS):
            bare.append(_bcrypt_alone())
            idle.append(asyncio.run(_health(running.url, 2.0)))
            rate, latency = asyncio.run(_storm(running.url))
            served.append(rate)
            loaded.append(latency)
    ratio = median(s / b for s, b in zip(served, bare, strict=True))
    print(
        f"sign-ins: {median(served):.2f}/s, bcrypt alone: {median(bare):.2f}/s, "
        f"ratio {ratio:.2f} (goal: 0.90 or more)"
    )
    slower = median(n / i for n, i in zip(loaded, idle, strict=True))
    print(
        f"/health: median {median(idle) * 1000:.2f} ms idle, {median(loaded) * 1000:.2f} ms while "
        f"sign-ins storm, {slower:.1f} times (goal: under 5)"
    )


def _bcrypt_alone() -> float:
    """Verifications a second on all cores, without a server."""
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(COST))
    deadline = time.perf_counter() + SECONDS

    def verify(_: int) -> int:
        count = 0
        while time.perf_counter() < deadline:
            bcrypt.checkpw(PASSWORD.encode(), stored)
            count += 1
        return count

    began = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        count = sum(pool.map(verify, range(os.cpu_count() or 1)))
    return count / (time.perf_counter() - began)


async def _storm(url: str) -> tuple[float, float]:
    """Sign in from many clients at once; (sign-ins a second, median latency of /health)."""
    deadline = time.perf_counter() + SECONDS

    async def sign_in() -> int:
        count = 0
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            while time.perf_counter() < deadline:
                sent = {"email": EMAIL, "password": PASSWORD}
                (await client.post("/v1/auth/login", json=sent)).raise_for_status()
                count += 1
        return count

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(sign_in()) for _ in range(AT_ONCE)]
        health = group.create_task(_health(url, SECONDS))
    return sum(task.result() for task in tasks) / (time.perf_counter() - began), health.result()


async def _health(url: str, seconds: float) -> float:
    """The median latency of /health, in seconds."""
    times = []
    deadline = time.perf_counter() + seconds
    async with httpx.AsyncClient(base_url=url, timeout=30) as client:
        while time.perf_counter() < deadline:
            began = time.perf_counter()
            (await client.get("/health")).raise_for_status()
            times.append(time.perf_counter() - began)
            await asyncio.sleep(PROBE_SECONDS)
    return median(times)
