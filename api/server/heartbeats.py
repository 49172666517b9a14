"""Owns telling a worker whose event loop turns from one that hangs. It starts and ends no process.

Each worker writes its process id into one pipe, once a second. The main process counts for how many
of its own looks a worker was silent: looks, not seconds, for it may itself have been suspended.
"""

from __future__ import annotations

import asyncio
import os
from array import array
from collections.abc import Collection
from contextlib import suppress

BEAT_SECONDS = 1.0
# Far above what a loaded machine withholds from a process, or a request from the event loop.
MAX_SILENT_LOOKS = 10
# Until its first beat a worker opens the database, which may be slow to answer.
MAX_STARTING_LOOKS = 60


class Heartbeats:
    """One pipe that all workers write to and the main process reads from."""

    def __init__(self) -> None:
        self._pipe = (-1, -1)
        self._started: set[int] = set()
        self._silent_looks: dict[int, int] = {}

    @property
    def started_count(self) -> int:
        """How many workers have ever begun to serve."""
        self._read()
        return len(self._started)

    def open(self) -> None:
        """In the main process, before it forks. Neither end ever waits: a beat may be lost."""
        self._pipe = os.pipe()
        for end in self._pipe:
            os.set_blocking(end, False)

    def enter_worker(self) -> None:
        """In a worker: else the reading end would outlive the main process."""
        os.close(self._pipe[0])

    def begin(self) -> None:
        """In a worker, once it serves: beat for as long as the event loop turns."""
        loop = asyncio.get_running_loop()

        def beat() -> None:
            # Where the main process is gone, the supervisor's pipe is about to say so.
            with suppress(BrokenPipeError, BlockingIOError):
                os.write(self._pipe[1], array("i", [os.getpid()]).tobytes())
            loop.call_later(BEAT_SECONDS, beat)

        beat()

    def look(self, pids: Collection[int]) -> list[int]:
        """In the main process, once a second: those of the workers `pids` that hang."""
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
