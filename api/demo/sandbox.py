"""The folder and the processes of the demo; both are removed whatever happens."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from api.demo.filling import Filled, fill
from api.demo.traffic import Script
from api.settings.database_url import DatabaseUrl

OPERATOR = "operator@example.com"
HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
# Prefixes of variables that the demo's processes do not inherit: the caller's settings and files.
_NOT_OURS = ("AUTH_", "SANIC_", "EVERRUNS_AUTH_", "CORS_", "XDG_", "SSL_CERT_")
# Further variables that they do not inherit: the demo asks this machine alone, over plain http.
_NOT_NAMED = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "database_url", "api_prefix")
# Opens URLs without the proxies of the environment.
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


class DemoFailed(Exception):
    """The demo's server did not start; the message is its output."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running server, and the credentials that open it."""

    folder: Path
    url: str
    password: str = field(repr=False)
    operator_key: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """The environment of the dashboard: the operator's key, and none of the user's own files."""
        home = str(self.folder / "home")
        return {
            **_clean_environment(),
            "EVERRUNS_AUTH_API_KEY": self.operator_key,
            "XDG_CONFIG_HOME": home,
            "XDG_STATE_HOME": home,
            "XDG_DATA_HOME": home,
        }


@contextmanager
def running_sandbox(port: int = 0) -> Iterator[Sandbox]:
    """Runs a server with invented people and traffic inside the block.

    Raises:
        DemoFailed: the server did not start within START_SECONDS.
    """
    with _ended_by_signals(), TemporaryDirectory(prefix="everruns-auth-demo-") as name:
        folder, password = Path(name), secrets.token_urlsafe(12)
        url = DatabaseUrl.parse(f"sqlite://{folder / 'demo.db'}")
        filled = _filled(url, password)
        port = port or _free_port()
        with _server(folder, port, password) as address, _traffic(folder, address, filled):
            yield Sandbox(folder, f"{address}/api", password, filled.operator_key)


def _filled(url: DatabaseUrl, password: str) -> Filled:
    import asyncio  # noqa: PLC0415

    return asyncio.run(fill(url, datetime.now(UTC), operator_email=OPERATOR, password=password))


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Turns SIGTERM and SIGHUP into SystemExit, so that the block cleans up."""

    def unwind(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, unwind) for number in _ENDINGS}
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _server(folder: Path, port: int, password: str) -> Iterator[str]:
    address = f"http://{HOST}:{port}"
    variables = {
        "DATABASE_URL": f"sqlite://{folder / 'demo.db'}",
        "AUTH_MODE": "full",
        "AUTH_JWT_SECRET": secrets.token_urlsafe(48),
        "AUTH_ADMIN_EMAIL": OPERATOR,
        "AUTH_ADMIN_PASSWORD": password,
        "AUTH_BASE_URL": f"{address}/api",
        "AUTH_BCRYPT_COST": "4",
        "SANIC_PROXIES_COUNT": "1",
    }
    serve = ["-c", "from api.console import auth; auth()", "serve", "--port", str(port)]
    log = folder / "server.log"
    with log.open("w") as written, _process(serve, variables, stderr=written) as process:
        _wait_for(f"{address}/ready", process, log)
        yield address


@contextmanager
def _traffic(folder: Path, address: str, filled: Filled) -> Iterator[None]:
    script = Script(address, filled.password, filled.keys, filled.emails)
    with (
        (folder / "traffic.log").open("w") as written,
        _process(["-m", "api.demo.traffic"], {}, stderr=written) as process,
    ):
        assert process.stdin is not None
        process.stdin.write(script.to_line().encode())
        process.stdin.flush()
        yield


@contextmanager
def _process(
    arguments: list[str], variables: Mapping[str, str], *, stderr: object
) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a session of its own, terminated after the block; Ctrl-C reaches us alone.

    `-P`, because Python would otherwise import modules from the current folder.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", *arguments],
        env={**_clean_environment(), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,  # type: ignore[call-overload]
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(BrokenPipeError):
        assert process.stdin is not None
        process.stdin.close()
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_NOT_OURS) and name.lower() not in _NOT_NAMED
    }


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        if process.poll() is not None or time.monotonic() > deadline:
            raise DemoFailed(log.read_text().strip() or "the server did not answer")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with _DIRECT.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
