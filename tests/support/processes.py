"""The real server and the command lines as processes: started, watched through /proc, ended.

Each runs in a session of its own, so that whatever it leaves behind is found and ended too.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx

SECRET = "a-secret-of-the-tests-that-is-long-enough"
# Bounds only: nothing takes this long unless it hangs.
START_SECONDS = 30.0
STOP_SECONDS = 25.0
COMMAND_SECONDS = 30.0

_ADDRESS = re.compile(r"listens on (http://[^\s\"]+)")


def environment(url: str, **variables: str) -> dict[str, str]:
    """Everything the process sees: nothing of the tester's own settings leaks in."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "COLUMNS": "200",
        "DATABASE_URL": url,
        "AUTH_MODE": "full",
        "AUTH_JWT_SECRET": SECRET,
        "AUTH_BCRYPT_COST": "4",
        # Every test is somebody else by saying so in X-Forwarded-For.
        "SANIC_PROXIES_COUNT": "1",
        **variables,
    }


def run(
    name: str,
    *arguments: str,
    env: Mapping[str, str],
    stdin: str = "",
    stdout: Path | None = None,
) -> Ended:
    """Run a console script of the project to its end; what it writes is kept, or goes to a file."""
    with ExitStack() as stack:
        process = subprocess.run(
            [script(name), *arguments],
            env=dict(env),
            input=stdin,
            stdout=stack.enter_context(stdout.open("w")) if stdout else subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
    return Ended(process.returncode, process.stdout or "", process.stderr)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended and what it said."""

    status: int
    stdout: str
    stderr: str


@dataclass
class Server:
    """A server as a process; `start` it, then end it with `stop`, or leave the `with` block."""

    env: Mapping[str, str]
    folder: Path
    workers: int = 2
    arguments: tuple[str, ...] = ("--port", "0")
    stdin: int = subprocess.DEVNULL
    url: str = field(default="", init=False)

    def start(self) -> Server:
        """Start the process and come back at once."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._file("stdout").open("w") as out, self._file("stderr").open("w") as err:
            self.process = subprocess.Popen(
                [
                    script("everruns-auth"),
                    "serve",
                    "--workers",
                    str(self.workers),
                    *self.arguments,
                ],
                env=dict(self.env),
                cwd=self.folder,
                stdin=self.stdin,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        return self

    def wait_until_it_answers(self) -> Server:
        """Wait for the first answer; the address is read from the log."""
        eventually(self._answers, START_SECONDS, lambda: f"no answer:\n{self.stderr}")
        return self

    def wait_until_all_serve(self) -> Server:
        """Wait until each worker has answered by itself."""
        self.wait_until_it_answers()
        eventually(lambda: len(self.worker_pids) == self.workers, START_SECONDS)
        for worker in self.worker_pids:
            with self.only(worker), self.client() as http:
                assert http.get("/health").status_code == 200
        return self

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """A client with connections of its own, that asks from `address`."""
        # Reading certificates that plain HTTP never needs would take most of a test's time.
        return httpx.Client(
            base_url=self.url,
            headers={"X-Forwarded-For": address},
            timeout=20,
            trust_env=False,
            verify=False,
        )

    @property
    def stderr(self) -> str:
        return self._file("stderr").read_text()

    @property
    def stdout(self) -> str:
        return self._file("stdout").read_text()

    @property
    def pids(self) -> list[int]:
        """Every living process of the session, the oldest first."""
        session = self.process.pid
        return [pid for _, pid in sorted(_processes_of_session(session))]

    @property
    def worker_pids(self) -> list[int]:
        """The workers: what the main process started, after Sanic's one helper."""
        return [pid for pid in self.pids if pid != self.process.pid][1:]

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Inside the block no other worker runs, so that `worker` takes every new connection."""
        others = [pid for pid in self.worker_pids if pid != worker]
        for pid in others:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in others:
                os.kill(pid, signal.SIGCONT)

    def kill(self, pid: int) -> None:
        """End one process of this server as the kernel would, out of memory."""
        assert pid in self.pids
        os.kill(pid, signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Signal the main process, wait for its end, and return its exit status."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """The exit status, once the process has ended."""
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running: {self.pids}\n{self.stderr}") from None

    def assert_gone(self) -> None:
        """No process is left, and nothing went wrong on the way."""
        eventually(lambda: not self.pids, STOP_SECONDS, lambda: f"left: {self.pids}")
        assert "Traceback" not in self.stderr, self.stderr

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def _answers(self) -> bool:
        assert self.process.poll() is None, f"ended by itself:\n{self.stderr}"
        found = _ADDRESS.search(self.stderr)
        if found is None:
            return False
        self.url = found[1].replace("0.0.0.0", "127.0.0.1")
        try:
            with self.client() as http:
                return http.get("/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def _file(self, name: str) -> Path:
        return self.folder / f"server.{name}"


def eventually(
    holds: Callable[[], bool], seconds: float, otherwise: Callable[[], str] = lambda: "never held"
) -> None:
    """Wait until something holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.02)


def script(name: str) -> str:
    """The path of a console script of the project."""
    return str(Path(sys.executable).with_name(name))


def _processes_of_session(session: int) -> Iterator[tuple[int, int]]:
    """(start time, process id) of each process that is no zombie."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, session_of, started = fields[0], int(fields[3]), int(fields[19])
        if session_of == session and state not in "ZX":
            yield started, int(folder.name)
