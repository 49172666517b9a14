"""Owns the life of the worker processes: stopping cleanly whenever asked, replacing what dies.

Sanic's manager starts and joins the workers. Stopping them by signals has gaps: a signal that
arrives while a worker starts is lost, and the manager then waits for ever. So workers ignore
signals and hold the reading end of a pipe instead. When the main process closes its end, or dies,
each worker sees the end of the pipe as soon as it is able to, and stops.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections import deque
from time import monotonic
from types import FrameType
from typing import Any

import structlog
from sanic import Sanic
from sanic.worker.manager import WorkerManager

App = Sanic[Any, Any]

MAX_DEATHS = 10
DEATHS_WINDOW_SECONDS = 60.0
# One Ctrl-C can arrive twice: from the terminal and from whatever started us.
ECHO_SECONDS = 1.0
KILLED = 137

log = structlog.get_logger("everruns_auth.supervisor")


class Supervisor:
    """Stops and replaces the workers of `app`; lives in the main process and is forked into each."""

    def __init__(self, app: App, *, workers: int) -> None:
        self.exit_status = 0
        self._workers = workers
        self._main_pid = os.getpid()
        self._manager: WorkerManager | None = None
        self._lifeline = self._started = (-1, -1)
        self._started_count = 0
        self._stopping_since: float | None = None
        self._deaths: deque[float] = deque(maxlen=MAX_DEATHS)
        # Before Sanic's own helper process is forked, which must outlive the workers.
        signal.signal(signal.SIGINT, self._on_stop_signal)
        signal.signal(signal.SIGTERM, self._on_stop_signal)
        app.main_process_ready(self._take_over)
        app.after_server_start(self._watch_lifeline)

    def enter_worker(self) -> None:
        """What a forked worker does first: obey the lifeline alone."""
        # Blocked, not ignored: Sanic installs handlers of its own later, which then never run.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(self._lifeline[1])
        os.close(self._started[0])

    async def _take_over(self, app: App) -> None:
        """After Sanic's manager took the signals and before it forks the workers."""
        self._manager = app.manager
        self._lifeline = os.pipe()
        self._started = os.pipe()
        os.set_blocking(self._started[0], False)
        signal.signal(signal.SIGINT, self._on_stop_signal)
        signal.signal(signal.SIGTERM, self._on_stop_signal)
        signal.signal(signal.SIGCHLD, self._on_child_death)
        if self._stopping_since is not None:
            self._close_lifeline()

    async def _watch_lifeline(self, app: App) -> None:
        """In a worker, once it serves: stop at the end of the pipe."""
        loop = asyncio.get_running_loop()

        def stop() -> None:
            loop.remove_reader(self._lifeline[0])
            app.stop(terminate=False)

        loop.add_reader(self._lifeline[0], stop)
        os.write(self._started[1], b".")

    def _on_stop_signal(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._main_pid:
            return
        if self._stopping_since is None:
            self._stop()
        elif monotonic() - self._stopping_since > ECHO_SECONDS:
            log.warning("told to stop a second time: the workers are killed")
            self._kill()

    def _stop(self) -> None:
        self._stopping_since = monotonic()
        if self._manager is not None:
            self._close_lifeline()

    def _close_lifeline(self) -> None:
        assert self._manager is not None
        os.close(self._lifeline[1])
        # Wakes the manager, which then joins the workers.
        self._manager.monitor_publisher.send(None)

    def _on_child_death(self, _number: int, _frame: FrameType | None) -> None:
        manager = self._manager
        if os.getpid() != self._main_pid or self._stopping_since is not None or manager is None:
            return
        dead = [p for p in manager.transient_processes if p.pid and not p.is_alive()]
        if not dead:
            return
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
        try:
            self._started_count += len(os.read(self._started[0], 4096))
        except BlockingIOError:
            pass
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
