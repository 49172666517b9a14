"""What the dashboard costs with a million users: to open, to leaf, to leave open all day.

The real command in a terminal of tmux's, on a server with a million users and two million keys on
PostgreSQL. Needs tmux.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import asyncpg
import httpx

from benchmarks import population
from benchmarks.checks import database
from benchmarks.servers import EMAIL, PASSWORD, Server, server

USERS = 1_000_000
OPENINGS = 5
PAGES = 40
IDLE_SECONDS = 30
# One use of a key each second for an hour, and a good deal more.
EVENTS = 36_000
_WIDTH, _HEIGHT = 100, 30
_LOOK_SECONDS = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")

_USE = """
UPDATE api_keys SET last_used_at = now(), last_used_ip = '192.0.2.7'
WHERE id IN (SELECT id FROM api_keys WHERE last_used_at IS NOT NULL ORDER BY id LIMIT $1 OFFSET $2)
"""


def main() -> None:
    """Print each figure beside its goal."""
    if shutil.which("tmux") is None:
        sys.exit("tmux is missing: install it (Debian: apt-get install tmux) and run this again")
    with ExitStack() as stack:
        variables = stack.enter_context(database("postgresql"))
        running = stack.enter_context(server(**variables))
        asyncio.run(population.fill_postgresql(running.database, 1, USERS))
        key = _operator_key(running)
        openings = [_seconds_to_open(running, key) for _ in range(OPENINGS)]
        _say("first full screen, ms", median(openings) * 1000, "under 1500")
        with _terminal(running, key) as terminal:
            terminal.wait_for("Keys most recently used")
            for view, name in (("2", "users"), ("3", "API keys")):
                pages = [seconds * 1000 for seconds in _leaf(terminal, view)]
                _say(f"a page further, {name}, ms (p95)", quantiles(pages, n=20)[-1], "under 150")
            _say("idle while live, % of a core", _idle_percent(terminal), "under 3")
            _say("memory at first, MB", terminal.memory(), "")
            asyncio.run(_use_keys(running.database, EVENTS))
            _say(f"memory after {EVENTS} events, MB", terminal.memory(), "under 150")


def _say(what: str, figure: float, goal: str) -> None:
    print(f"{what:<40}{figure:>10.1f}  {goal}", flush=True)


def _operator_key(running: Server) -> str:
    with httpx.Client(base_url=running.url) as client:
        form = {"email": EMAIL, "password": PASSWORD}
        token = client.post("/v1/auth/login", json=form).json()["access_token"]
        client.cookies.clear()
        bearer = {"Authorization": f"Bearer {token}"}
        made = client.post("/v1/auth/api-keys", json={"name": "dashboard"}, headers=bearer)
        return str(made.json()["key"])


class Terminal:
    """The dashboard in a terminal."""

    def __init__(self, socket: str, pid: int) -> None:
        self._socket = socket
        self._pid = pid

    def screen(self) -> str:
        return _tmux(self._socket, "capture-pane", "-p")

    def press(self, *keys: str) -> None:
        _tmux(self._socket, "send-keys", *keys)

    def wait_for(self, text: str) -> float:
        """Seconds until the text is on the screen."""
        return self.wait_until(lambda screen: text in screen)

    def wait_until(self, holds: Callable[[str], bool]) -> float:
        """Seconds until the screen is as wanted."""
        began = time.perf_counter()
        while not holds(self.screen()):
            if time.perf_counter() - began > 30:
                sys.exit(f"the dashboard did not get there:\n{self.screen()}")
            time.sleep(_LOOK_SECONDS)
        return time.perf_counter() - began

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def memory(self) -> float:
        """Resident megabytes."""
        status = Path(f"/proc/{self._pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


@contextmanager
def _terminal(running: Server, key: str) -> Iterator[Terminal]:
    with TemporaryDirectory() as home:
        socket = f"{home}/tmux"
        command = f"exec {sys.executable} -P -m tui --url {running.url}/api"
        variables = {
            "EVERRUNS_AUTH_API_KEY": key,
            "XDG_CONFIG_HOME": home,
            "XDG_STATE_HOME": home,
            "XDG_DATA_HOME": home,
            "LANG": "C.UTF-8",
        }
        subprocess.run(
            [
                *("tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d"),
                *("-x", str(_WIDTH), "-y", str(_HEIGHT), command),
            ],
            env={**os.environ, **variables},
            check=True,
        )
        try:
            pid = int(_tmux(socket, "display-message", "-p", "#{pane_pid}"))
            yield Terminal(socket, pid)
        finally:
            _tmux(socket, "kill-server")


def _tmux(socket: str, *arguments: str) -> str:
    done = subprocess.run(
        ["tmux", "-S", socket, *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout


def _seconds_to_open(running: Server, key: str) -> float:
    began = time.perf_counter()
    with _terminal(running, key) as terminal:
        # The tiles, and the rows below them.
        terminal.wait_until(lambda screen: "users" in screen and "evr_" in screen)
        return time.perf_counter() - began


def _leaf(terminal: Terminal, view: str) -> Iterator[float]:
    """Seconds from each press of Page Down to other rows on the screen."""
    terminal.press(view)
    time.sleep(2)
    for _ in range(PAGES):
        before = _row_under_cursor(terminal.screen())
        terminal.press("PageDown")
        yield terminal.wait_until(lambda screen, was=before: _row_under_cursor(screen) != was)  # type: ignore[misc]


def _row_under_cursor(screen: str) -> str:
    return next((line for line in screen.splitlines() if line.startswith("›")), "")


def _idle_percent(terminal: Terminal) -> float:
    terminal.press("Home")
    time.sleep(3)
    began, used = time.perf_counter(), terminal.processor_seconds()
    time.sleep(IDLE_SECONDS)
    return (terminal.processor_seconds() - used) / (time.perf_counter() - began) * 100


async def _use_keys(url: str, count: int) -> None:
    """Uses of keys, a hundred at a time, as fast as the dashboard is told of them."""
    connection = await asyncpg.connect(url)
    for first in range(0, count, 100):
        await connection.execute(_USE, 100, first)
        await asyncio.sleep(0.1)
    await connection.close()
    await asyncio.sleep(3)
