"""What a checked request costs beside an empty one: /verify and /me against a bare Sanic handler.

Interleaved in one run with wrk, medians of ratios. Needs wrk; PostgreSQL is measured where it
answers on 127.0.0.1:5432.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from uuid import uuid4

import asyncpg
import httpx

from benchmarks.servers import EMAIL, PASSWORD, Server, server

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"
ROUNDS = 3
SECONDS = 4
CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Target:
    """Something to ask for, over and over."""

    name: str
    url: str
    header: str = "X-Nothing: 1"


@dataclass(frozen=True, slots=True)
class Figure:
    """What one run of wrk says: requests a second, latencies in milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> None:
    """Print a table for each engine with one worker and with two."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: install it (Debian: apt-get install wrk) and run this again")
    for engine in ("sqlite", "postgresql"):
        for workers in (1, 2):
            _measure(engine, workers)


def _measure(engine: str, workers: int) -> None:
    bare_script = str(Path(__file__).with_name("bare.py"))
    with ExitStack() as stack:
        variables = stack.enter_context(database(engine))
        bare = stack.enter_context(server(workers=workers, command=[sys.executable, bare_script]))
        ours = stack.enter_context(server(workers=workers, **variables))
        asked = [Target("bare Sanic", f"{bare.url}/health"), *targets(ours)]
        figures: dict[str, list[Figure]] = {target.name: [] for target in asked}
        for _ in range(ROUNDS):
            for target in asked:
                figures[target.name].append(wrk(target))
        print(f"{engine}, {workers} worker(s), {CONNECTIONS} connections, {ROUNDS} rounds")
        _print(figures)
        print(f"  memory of the workers: {_memory(ours.pid)}", flush=True)


@contextmanager
def database(engine: str) -> Iterator[dict[str, str]]:
    """The variables that name a new database."""
    if engine == "sqlite":
        yield {}
        return
    name = f"bench_{uuid4().hex[:12]}"
    _execute(f"CREATE DATABASE {name}")
    try:
        yield {"DATABASE_URL": f"{POSTGRESQL}/{name}"}
    finally:
        _execute(f"DROP DATABASE {name} WITH (FORCE)")


def _execute(statement: str) -> None:
    import asyncio  # noqa: PLC0415

    async def run() -> None:
        connection = await asyncpg.connect(f"{POSTGRESQL}/postgres")
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def targets(ours: Server) -> list[Target]:
    """What is asked of our server, with credentials that are made for it."""
    with httpx.Client(base_url=ours.url) as client:
        sent = {"email": EMAIL, "password": PASSWORD}
        token = client.post("/v1/auth/login", json=sent).json()["access_token"]
        client.cookies.clear()
        bearer = {"Authorization": f"Bearer {token}"}
        key = client.post("/v1/auth/api-keys", json={"name": "b"}, headers=bearer).json()["key"]
    verify, me = f"{ours.url}/v1/auth/verify", f"{ours.url}/v1/auth/me"
    return [
        Target("verify, JWT", verify, f"Authorization: Bearer {token}"),
        Target("verify, API key", verify, f"Authorization: Bearer {key}"),
        Target("verify, cookie", verify, f"Cookie: access_token={token}"),
        Target("me, JWT", me, f"Authorization: Bearer {token}"),
    ]


def wrk(target: Target) -> Figure:
    """Ask for `target` as fast as it answers."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--latency"]
    done = subprocess.run(
        [*command, "-H", target.header, target.url], capture_output=True, text=True, check=True
    )
    if "Non-2xx" in done.stdout:
        sys.exit(f"{target.name} was refused:\n{done.stdout}")
    return Figure(
        rate=float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)[1]),  # type: ignore[index]
        p50=_milliseconds(done.stdout, "50%"),
        p99=_milliseconds(done.stdout, "99%"),
    )


def _milliseconds(text: str, name: str) -> float:
    found = re.search(rf"{name}\s+([\d.]+)(us|ms|s)", text)
    assert found is not None, text
    return float(found[1]) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[found[2]]


def _print(figures: dict[str, list[Figure]]) -> None:
    bare = figures["bare Sanic"]
    print(f"  {'':<18}{'ratio':>7}{'req/s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    for name, runs in figures.items():
        ratio = median(run.rate / base.rate for run, base in zip(runs, bare, strict=True))
        rate, p50, p99 = (median(getattr(r, f) for r in runs) for f in ("rate", "p50", "p99"))
        print(f"  {name:<18}{ratio:>7.2f}{rate:>9.0f}{p50:>9.2f}{p99:>9.2f}")


def _memory(pid: int) -> str:
    """Resident megabytes of each child process, largest first."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    sizes = []
    for child in children:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{child}/status").read_text())
        sizes.append(int(found[1]) // 1024 if found else 0)
    return ", ".join(f"{size} MB" for size in sorted(sizes, reverse=True))
