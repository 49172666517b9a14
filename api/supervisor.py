"""Owns the life of the worker processes: stopping cleanly whenever asked, replacing what dies.

Sanic's manager starts and joins the workers. Stopping them by signals has gaps: a signal that
arrives while a worker starts is lost, and the manager then waits for ever. So workers ignore
signals and hold the reading end of a pipe instead. When the main process closes its end, or dies,
each worker sees the end of the pipe as soon as it is able to, and stops. The main process in turn
holds a stop back until the pipe is there.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from contextlib import suppress
from multiprocessing import parent_process
from multiprocessing.util import register_after_fork
from threading import Thread
from time import monotonic
from types import FrameType
from typing import Any

import structlog
from sanic import Sanic
from sanic.server import HttpProtocol
from sanic.worker.manager import WorkerManager
from sanic.worker.process import WorkerProcess

App = Sanic[Any, Any]

MAX_DEATHS = 10
DEATHS_WINDOW_SECONDS = 60.0
# One Ctrl-C can arrive twice: from the terminal and from whatever started us.
ECHO_SECONDS = 1.0
KILLED = 137
_DRAIN_SECONDS = 0.05
_STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})

log = structlog.get_logger("everruns_auth.supervisor")


def hold_stop_signals() -> None:
    """Let a stop wait until the supervisor can obey it.

    Else it would cut a migration in two, or be lost where Sanic puts its own handlers in place.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)


class Supervisor:
    """Stops and replaces the workers of `app`; lives in the main process and is forked into each."""

    def __init__(self, app: App, *, workers: int) -> None:
        self.exit_status = 0
        # In each worker its own; Sanic must be given this set.
        self.connections: set[HttpProtocol] = set()
        self._workers = workers
        self._main_pid = os.getpid()
        self._manager: WorkerManager | None = None
        self._lifeline = self._started = [-1, -1]
        self._started_count = 0
        self._stopping_since: float | None = None
        self._deaths: deque[float] = deque(maxlen=MAX_DEATHS)
        self._mourned: dict[str, int] = {}
        self._draining: asyncio.Task[None] | None = None
        register_after_fork(self, Supervisor._watch_main)
        app.main_process_ready(self._take_over)
        app.before_server_start(self._say_started)
        app.after_server_start(self._watch_lifeline)
        app.before_server_stop(self._begin_draining)
        app.after_server_stop(self._end_draining)

    def enter_worker(self) -> None:
        """What a forked worker does first: obey the lifeline alone."""
        # Blocked, not ignored: Sanic installs handlers of its own later, which then never run.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Closed already where the stop came before this worker.
        if self._lifeline[1] >= 0:
            os.close(self._lifeline[1])
        os.close(self._started[0])

    def _watch_main(self) -> None:
        """In a forked child: Sanic's helper, which nothing else would end, ends after us all.

        Orphaned, it would hold the listening socket, and no server could start again.
        """
        if self._manager is None:
            Thread(target=_end_with_parent, daemon=True).start()

    async def _take_over(self, app: App) -> None:
        """After Sanic's manager took the signals and before it forks the workers."""
        self._manager = app.manager
        # Sanic's own way kills the whole process group, and with it whoever started us.
        app.manager.kill = self._kill  # type: ignore[method-assign]
        self._lifeline = list(os.pipe())
        self._started = list(os.pipe())
        os.set_blocking(self._started[0], False)
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, self._on_child_death)
        # One that was held back is obeyed here.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)

    async def _say_started(self, _app: App) -> None:
        """In a worker, before its first answer: from here on it can be replaced."""
        # Where the main process is gone, the lifeline is about to say so.
        with suppress(BrokenPipeError):
            os.write(self._started[1], b".")

    async def _watch_lifeline(self, app: App) -> None:
        """In a worker, once it serves: stop at the end of the pipe."""
        loop = asyncio.get_running_loop()

        def stop() -> None:
            # Sanic still runs this very listener to its end: a stop would be taken for that end,
            # and forgotten. The loop calls again at once.
            if app.state.is_running:
                loop.remove_reader(self._lifeline[0])
                app.stop(terminate=False)

        loop.add_reader(self._lifeline[0], stop)

    async def _begin_draining(self, app: App) -> None:
        self._draining = asyncio.create_task(self._drain(app.config.GRACEFUL_SHUTDOWN_TIMEOUT))

    async def _end_draining(self, _app: App) -> None:
        if self._draining is not None:
            self._draining.cancel()
            await asyncio.gather(self._draining, return_exceptions=True)

    async def _drain(self, grace_seconds: float) -> None:
        """Close each connection once it is idle; after the grace, those that are not.

        Sanic looks for idle ones once. A connection whose last request is answered later, and
        that its client keeps open, would then use up the grace, or all of it and more where
        asyncio waits for connections itself (Python 3.12).
        """
        deadline = monotonic() + grace_seconds
        while True:
            for connection in tuple(self.connections):
                if connection.close_if_idle():
                    continue
                connection.http.keep_alive = False
                if monotonic() > deadline:
                    connection.abort()  # type: ignore[no-untyped-call]
            await asyncio.sleep(_DRAIN_SECONDS)

    def _on_stop_signal(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._main_pid:
            return
        if self._stopping_since is None:
            self._stop()
        elif monotonic() - self._stopping_since > ECHO_SECONDS:
            log.warning("told to stop a second time: the workers are killed")
            self._kill()

    def _stop(self) -> None:
        assert self._manager is not None
        self._stopping_since = monotonic()
        # Two signals at once are two calls, the second in the middle of the first.
        writing_end, self._lifeline[1] = self._lifeline[1], -1
        if writing_end < 0:
            return
        os.close(writing_end)
        # Wakes the manager, which then joins the workers.
        self._manager.monitor_publisher.send(None)

    def _on_child_death(self, _number: int, _frame: FrameType | None) -> None:
        manager = self._manager
        if os.getpid() != self._main_pid or self._stopping_since is not None or manager is None:
            return
        # Two deaths at once are two signals, and each would see both: no worker is replaced twice.
        dead = [
            process
            for process in manager.transient_processes
            if process.pid and process.pid != self._mourned.get(process.name) and _is_dead(process)
        ]
        if not dead:
            return
        self._mourned.update({process.name: process.pid for process in dead})
        if not self._have_all_started():
            log.error("a worker died while it started; see the lines above")
            self._kill()
        self._deaths.extend([monotonic()] * len(dead))
        if self._is_hopeless():
            log.error("workers keep dying; giving up")
            self.exit_status = 1
            self._stop()
            return
        for process in dead:
            log.error("a worker died and is replaced", worker=process.name, status=process.exitcode)
            manager.monitor_publisher.send(f"{process.name}:")

    def _have_all_started(self) -> bool:
        with suppress(BlockingIOError):
            self._started_count += len(os.read(self._started[0], 4096))
        return self._started_count >= self._workers

    def _is_hopeless(self) -> bool:
        is_full = len(self._deaths) == MAX_DEATHS
        return is_full and self._deaths[-1] - self._deaths[0] < DEATHS_WINDOW_SECONDS

    def _kill(self) -> None:
        """End every worker and this process, now. Sanic's own way would kill our caller too."""
        assert self._manager is not None
        for process in self._manager.transient_processes:
            if process.pid and process.is_alive():
                os.kill(process.pid, signal.SIGKILL)
        os._exit(KILLED)


def _is_dead(process: WorkerProcess) -> bool:
    if not process.is_alive():  # type: ignore[no-untyped-call]
        return True
    # The signal may have come while the manager, below us on the stack, was learning of the same
    # death: then the process is gone, and its object does not know yet.
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    return False


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)
