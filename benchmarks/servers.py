"""Starts the real server for a measurement, in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

SECRET = "benchmark-secret-that-is-long-enough-to-sign"
EMAIL = "bench@example.com"
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers at `url`; it took `seconds_to_health` to."""

    url: str
    seconds_to_health: float
    pid: int
    database: str


@contextmanager
def server(
    *, workers: int = 1, command: list[str] | None = None, **environment: str
) -> Iterator[Server]:
    """Serve in mode full, on a fresh SQLite file unless said otherwise, until the block ends.

    Another `command` is given the same options and must answer `/health`.
    """
    port = _free_port()
    command = command or [str(Path(sys.executable).with_name("everruns-auth")), "serve"]
    command = [*command, "--port", str(port), "--workers", str(workers)]
    with tempfile.TemporaryDirectory() as folder:
        variables = {
            "PATH": os.environ["PATH"],
            "AUTH_PORT": str(port),
            "DATABASE_URL": f"sqlite://{folder}/auth.db",
            "AUTH_MODE": "full",
            "AUTH_JWT_SECRET": SECRET,
            "AUTH_ADMIN_EMAIL": EMAIL,
            "AUTH_ADMIN_PASSWORD": PASSWORD,
            "AUTH_LOG_LEVEL": "error",
            **environment,
        }
        began = time.perf_counter()
        process = subprocess.Popen(command, env=variables, cwd=folder)
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process)
            seconds = time.perf_counter() - began
            yield Server(url, seconds, process.pid, variables["DATABASE_URL"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + 30
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            sys.exit("the server did not start")
        try:
            if httpx.get(f"{url}/health", timeout=1).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.01)
    sys.exit("the server did not answer within 30 s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
