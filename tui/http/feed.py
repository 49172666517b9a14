"""The live feed: what the server tells, and whether it is still telling.

Knows nothing of lists. It resumes from the last id it saw, and comes back by itself.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from tui.http.client import STREAM_SILENCE_SECONDS, Client, StreamEvent
from tui.http.errors import NotPermitted, NotSignedIn, Silent, Trouble, Unreachable
from tui.text import plain

FIRST_WAIT_SECONDS = 0.25
LONGEST_WAIT_SECONDS = 10.0
# After such a silence the server is asked whether it is still there: it need not have anything to
# tell for longer than that, and a server that hangs closes nothing.
SILENCE_SECONDS = 5.0
# What only says that the server is there: its first event, and its comments where they have an id.
_NOTHING_HAPPENED = frozenset({"listening", "message"})
# A stream that ends sooner than this counts as one that never began.
STEADY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened at the server; `data` is as the wire has it."""

    name: str
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id in the event, safe to draw; empty without one."""
        return plain(str(self.data.get("id", "")))


@dataclass(frozen=True, slots=True)
class Live:
    """The server has accepted us: from now on everything is told."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Nothing is told; `since` (by the monotonic clock) is when we last could know."""

    since: float
    words: str


Happening = Event | Live | Lost


class Feed:
    """The events of one server, from when it is first iterated."""

    def __init__(self, client: Client, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._last_id: str | None = None
        self._known_until = clock()
        self._there_at = clock()
        self._wait = FIRST_WAIT_SECONDS
        self._is_connected = False

    async def happenings(self) -> AsyncIterator[Happening]:
        """Everything that happens, without an end.

        Raises:
            NotSignedIn, NotPermitted: this credential will not be told anything any more.
        """
        while True:
            began = self._clock()
            try:
                async with self._client.stream(self._last_id) as events:
                    self._is_connected = True
                    self._there_at = self._clock()
                    yield Live()
                    async with aclosing(self._told(events)) as told:
                        async for told_event in told:
                            event = self._heard(told_event)
                            if event.name not in _NOTHING_HAPPENED:
                                yield event
                lost = self._lost(Unreachable("the server ended the stream"))
            except (NotSignedIn, NotPermitted):
                raise
            except Trouble as trouble:
                lost = self._lost(trouble)
            yield lost
            await asyncio.sleep(self._next_wait(began))

    async def _told(self, events: AsyncIterator[StreamEvent]) -> AsyncGenerator[StreamEvent, None]:
        """The events; in each silence between them the server is asked whether it is there.

        Raises:
            Silent: it is not. So is nobody known to have been there since it last was.
        """
        coming = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                await asyncio.wait({coming}, timeout=SILENCE_SECONDS)
                if not coming.done():
                    await self._feel_the_pulse()
                elif (event := coming.result()) is None:
                    return
                else:
                    coming = asyncio.ensure_future(anext(events, None))
                    yield event
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)

    async def _feel_the_pulse(self) -> None:
        asked_at = self._clock()
        try:
            await self._client.pulse()
        except Trouble as trouble:
            self._known_until = max(self._known_until, self._there_at)
            raise Silent(trouble.words) from None
        self._there_at = asked_at

    def _lost(self, trouble: Trouble) -> Lost:
        """After a silence nobody knows when the connection died: the worst is assumed."""
        if self._is_connected:
            silence = STREAM_SILENCE_SECONDS if isinstance(trouble, Silent) else 0.0
            self._known_until = max(self._known_until, self._clock() - silence)
        self._is_connected = False
        return Lost(self._known_until, trouble.words)

    def _next_wait(self, began: float) -> float:
        """Longer after each failure, and not the same for all dashboards of a server."""
        if self._clock() - began > STEADY_SECONDS:
            self._wait = FIRST_WAIT_SECONDS
        wait = self._wait
        self._wait = min(2 * wait, LONGEST_WAIT_SECONDS)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311  (spreads load, protects nothing)

    def _heard(self, event: StreamEvent) -> Event:
        self._last_id = event.id or self._last_id
        self._known_until = self._clock()
        try:
            data = json.loads(event.data)
        except ValueError:
            data = {}
        return Event(event.name, data if isinstance(data, dict) else {})
