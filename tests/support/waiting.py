"""Waiting for what comes soon, and an ear that writes down what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import anyio


@dataclass
class RecordingListener:
    """A listener for `Invalidation`."""

    heard: list[str] = field(default_factory=list)

    def forget(self, what: str) -> None:
        self.heard.append(what)


async def until(condition: Callable[[], bool], seconds: float = 30, *, every: float = 0.02) -> None:
    """Come back once `condition` holds; fail when it does not for too long.

    The limit is for what hangs, on the slowest machine too; what must be quick is measured.
    """
    with anyio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110  (nothing to be woken by)
            await anyio.sleep(every)
