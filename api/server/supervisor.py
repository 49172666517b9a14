"""The life of the worker processes: stops them cleanly, and replaces those that die.

Sanic's manager starts and joins the workers. Stopping them by signals has gaps: a signal that
arrives while a worker starts is lost, and the manager then waits for ever. So workers ignore
signals and hold the reading end of a pipe instead. When the main process closes its end, or dies,
each worker reads the end of the pipe and stops. The main process delays a stop until the pipe
exists.

The listening socket belongs to every process that holds a copy. A stop closes all copies before it
waits for anything, so that new connections are refused.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections import deque
from contextlib import suppress
from functools import partial
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

from api.http.protocol import Connection
from api.server.heartbeats import BEAT_SECONDS, Heartbeats

App = Sanic[Any, Any]

# Deaths of workers within the window after which the server gives up.
MAX_DEATHS = 10
DEATHS_WINDOW_SECONDS = 60.0
# Seconds within which a second signal is the same Ctrl-C: it may come from the terminal and
# from the process that started us.
ECHO_SECONDS = 1.0
KILLED = 137
_DRAIN_SECONDS = 0.05
# Connections taken from the queue at a stop: as many as may wait there (BACKLOG).
_MAX_ACCEPTED = 1024
_STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM})
# Signals by which Python would die, and that the server ignores.
_OTHER_SIGNALS = (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

log = structlog.get_logger("everruns_auth.supervisor")


def hold_signals() -> None:
    """Blocks stop signals until the supervisor can obey them, and ignores other signals.

    Otherwise a stop could interrupt a migration, or be lost while Sanic installs its handlers.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    for number in _OTHER_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


class Supervisor:
    """Stops and replaces the workers of `app`; it lives in the main process and in each worker."""

    def __init__(self, app: App, listener: socket.socket, *, workers: int) -> None:
        self.exit_status = 0
        # The connections of this worker; Sanic must be given this set.
        self.connections: set[HttpProtocol] = set()
        self._listener = listener
        self._workers = workers
        # Twice the workers, because all of them may die together.
        self._max_deaths = max(MAX_DEATHS, 2 * workers)
        self._main_pid = os.getpid()
        self._manager: WorkerManager | None = None
        self._lifeline = [-1, -1]
        self._heartbeats = Heartbeats()
        self._had_terminal = _has_terminal()
        self._stopping_since: float | None = None
        self._deaths: deque[float] = deque(maxlen=self._max_deaths)
        self._reported_dead: dict[str, int] = {}
        self._accepted: list[socket.socket] = []
        self._draining: asyncio.Task[None] | None = None
        register_after_fork(self, Supervisor._watch_main)
        app.main_process_ready(self._take_over)
        app.before_server_start(self._begin_beating)
        app.after_server_start(self._watch_lifeline)
        app.before_server_stop(self._begin_draining)
        app.after_server_stop(self._end_draining)

    def end(self) -> None:
        """Ignores signals once all workers are gone, so that none changes the exit status."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        hold_signals()

    def enter_worker(self) -> None:
        """Makes a forked worker obey the pipe alone; the first call in a worker."""
        # Blocked and not ignored, so that the handlers that Sanic installs later never run.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # The stop has closed it if it came before this worker.
        if self._lifeline[1] >= 0:
            os.close(self._lifeline[1])
        self._heartbeats.enter_worker()

    def _watch_main(self) -> None:
        """Ends a forked helper of Sanic with the main process, and closes its listening socket.

        With a copy of the socket it would accept connections that nobody answers.
        """
        if self._manager is None:
            self._listener.close()
            Thread(target=_end_with_parent, daemon=True).start()

    async def _take_over(self, app: App) -> None:
        """Installs the handlers, after Sanic's manager did and before it forks the workers."""
        self._manager = app.manager
        # Sanic's own `kill` ends the whole process group, and with it the process that started us.
        app.manager.kill = self._kill  # type: ignore[method-assign]
        self._lifeline = list(os.pipe())
        self._heartbeats.open()
        for number in _STOP_SIGNALS:
            signal.signal(number, self._on_stop_signal)
        signal.signal(signal.SIGHUP, self._on_hangup)
        signal.signal(signal.SIGCHLD, self._on_child_death)
        signal.signal(signal.SIGALRM, self._on_tick)
        signal.setitimer(signal.ITIMER_REAL, BEAT_SECONDS, BEAT_SECONDS)
        # A signal that was blocked until now is delivered here.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)

    async def _begin_beating(self, _app: App) -> None:
        """Starts the heartbeats of a worker before its first answer; they make it replaceable."""
        self._heartbeats.begin()

    async def _watch_lifeline(self, app: App) -> None:
        """Stops a serving worker at the end of the pipe."""
        loop = asyncio.get_running_loop()

        def stop() -> None:
            # While Sanic still runs this listener, it would take a stop for the end of its start.
            # The loop calls again at once.
            if app.state.is_running:
                loop.remove_reader(self._lifeline[0])
                # Every answer from here on has `Connection: close`.
                app.config.KEEP_ALIVE = False
                self._accept_the_rest()
                self._stop_listening()
                app.stop(terminate=False)

        loop.add_reader(self._lifeline[0], stop)

    def _accept_the_rest(self) -> None:
        """Accepts every waiting connection at once; those left in the queue would be reset.

        The event loop would accept one a turn.
        """
        with suppress(OSError):
            while len(self._accepted) < _MAX_ACCEPTED:
                connection, _ = self._listener.accept()
                connection.setblocking(False)
                self._accepted.append(connection)

    def _stop_listening(self) -> None:
        """Closes this process's copy of the listening socket; the last copy ends it.

        Another socket takes its place, because Sanic still closes one, and a worker that is being
        forked needs one before it sees the stop.
        """
        with socket.socket() as nobodys:
            nobodys.bind(("127.0.0.1", 0))
            nobodys.listen()
            nobodys.setblocking(False)
            os.dup2(nobodys.fileno(), self._listener.fileno(), inheritable=False)

    async def _begin_draining(self, app: App) -> None:
        self._draining = asyncio.create_task(self._drain(app.config.GRACEFUL_SHUTDOWN_TIMEOUT))
        loop = asyncio.get_running_loop()
        connect = partial(Connection, loop=loop, app=app, connections=self.connections)
        for accepted in self._accepted:
            # Its client may have closed it meanwhile.
            with suppress(OSError):
                await loop.connect_accepted_socket(connect, accepted)

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
                if connection.http is not None:
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
        # A second signal may call this in the middle of the first call.
        writing_end, self._lifeline[1] = self._lifeline[1], -1
        if writing_end < 0:
            return
        self._stop_listening()
        os.close(writing_end)
        # This wakes the manager, which then joins the workers.
        self._manager.monitor_publisher.send(None)

    def _on_hangup(self, _number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._main_pid:
            return
        if self._had_terminal and not _has_terminal():
            # The terminal is closed and nothing can be printed; the workers stop by themselves.
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            os.kill(self._main_pid, signal.SIGHUP)
        else:
            log.info("SIGHUP: nothing is read again")

    def _on_tick(self, _number: int, _frame: FrameType | None) -> None:
        """Kills the workers that hang, for instance stopped by a signal; their deaths are handled."""
        if os.getpid() != self._main_pid or self._manager is None:
            return
        workers = {
            process.pid: process.name
            for process in self._manager.transient_processes
            if process.pid and not _is_dead(process)
        }
        for pid in self._heartbeats.look(workers):
            log.error("a worker no longer answers and is killed", worker=workers[pid])
            os.kill(pid, signal.SIGKILL)

    def _on_child_death(self, _number: int, _frame: FrameType | None) -> None:
        manager = self._manager
        if os.getpid() != self._main_pid or self._stopping_since is not None or manager is None:
            return
        # Two deaths give two signals, and each call sees both; no worker is replaced twice.
        dead = [
            process
            for process in manager.transient_processes
            if process.pid
            and process.pid != self._reported_dead.get(process.name)
            and _is_dead(process)
        ]
        if not dead:
            return
        self._reported_dead.update({process.name: process.pid for process in dead})
        if self._heartbeats.started_count < self._workers:
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

    def _is_hopeless(self) -> bool:
        is_full = len(self._deaths) == self._max_deaths
        return is_full and self._deaths[-1] - self._deaths[0] < DEATHS_WINDOW_SECONDS

    def _kill(self) -> None:
        """Ends every worker and this process at once; Sanic's own `kill` would end our caller too."""
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


def _has_terminal() -> bool:
    return any(map(os.isatty, range(3)))


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(0)
