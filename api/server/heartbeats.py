"""Heartbeats of the workers, which tell one whose event loop runs from one that hangs.

The module starts and ends no process. Each worker writes its process id into one pipe, once a
second. The main process counts its own checks in which a worker was silent: checks and not seconds,
because it may have been suspended itself.
"""

from __future__ import annotations

import asyncio
import os
from array import array
from collections.abc import Collection
from contextlib import suppress

BEAT_SECONDS = 1.0
# Silent checks after which a worker hangs: far above the delays of a loaded machine or a request.
MAX_SILENT_LOOKS = 10
# The same before the first heartbeat, when a worker opens a database that may answer slowly.
MAX_STARTING_LOOKS = 60


class Heartbeats:
    """One pipe that all workers write to and the main process reads from."""

    def __init__(self) -> None:
        self._pipe = (-1, -1)
        self._started: set[int] = set()
        self._silent_looks: dict[int, int] = {}

    @property
    def started_count(self) -> int:
        """Number of workers that have ever begun to serve, replaced ones included."""
        self._read()
        return len(self._started)

    def open(self) -> None:
        """Creates the pipe in the main process, before it forks; a full pipe loses heartbeats."""
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)

    def enter_worker(self) -> None:
        """Closes the reading end in a worker, else it would outlive the main process."""
        os.close(self._pipe[0])

    def begin(self) -> None:
        """Starts a heartbeat every second in the event loop of a worker that serves."""
        loop = asyncio.get_running_loop()

        def write() -> None:
            # Without a main process the pipe is broken; the supervisor's pipe ends the worker then.
            with suppress(BrokenPipeError, BlockingIOError):
                os.write(self._pipe[1], array("i", [os.getpid()]).tobytes())
            loop.call_later(BEAT_SECONDS, write)

        write()

    def look(self, pids: Collection[int]) -> list[int]:
        """The process ids among `pids` that hang; called by the main process once a second."""
        looks = {pid: self._silent_looks.get(pid, 0) + 1 for pid in pids}
        self._silent_looks = looks
        self._read()
        return [pid for pid, count in list(looks.items()) if count > self._patience(pid)]

    def _patience(self, pid: int) -> int:
        return MAX_SILENT_LOOKS if pid in self._started else MAX_STARTING_LOOKS

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while heard := array("i", os.read(self._pipe[0], 4096)):
                self._started.update(heard)
                self._silent_looks.update(dict.fromkeys(heard, 0))
