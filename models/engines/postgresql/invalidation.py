"""Changes on PostgreSQL: notifications, trusted only while they are proven to arrive.

Triggers notify of each change. A heartbeat, a notification to ourselves, comes back after
everything that was committed before it, so an answered heartbeat proves that nothing is missing up
to the moment when it was sent. Without one the database is asked on every request. Heartbeats are
sent over a connection of their own: behind a pooler, one sent over the listening connection would
come back in the same exchange, while the notifications of others are dropped.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from models.engines.invalidation import EVERYTHING, Listener
from models.engines.postgresql.client import connect
from models.engines.postgresql.trouble import trouble_of
from models.engines.trouble import first_line

CHANNEL = "everruns_auth_changes"
BEAT_SECONDS = 0.5
# Seconds of trust from the sending of the last answered heartbeat: below the contract's two.
TRUST_SECONDS = 1.8
RETRY_SECONDS = 0.5
STOP_SECONDS = 1.0
# Seconds for the first heartbeat; later than that, a pooler in between drops LISTEN.
FIRST_HEARTBEAT_SECONDS = 5.0

log = structlog.get_logger("everruns_auth.changes")


class NotificationsLost(Exception):
    """A heartbeat did not come back in time."""


def _is_loss(error: Exception) -> bool:
    return trouble_of(error) is not None or isinstance(
        error, OSError | NotificationsLost | asyncpg.ClientConfigurationError
    )


class PostgresqlInvalidation:
    """LISTENs and sends heartbeats over two connections of its own, opened with `credentials`."""

    def __init__(
        self,
        credentials: dict[str, Any],
        listener: Listener,
        *,
        first_heartbeat_seconds: float = FIRST_HEARTBEAT_SECONDS,
    ) -> None:
        self._credentials = credentials
        self._first_heartbeat_seconds = first_heartbeat_seconds
        self._listener = listener
        self._own_channel = f"everruns_auth_beat_{uuid4().hex}"
        self._connection: Any = None
        self._notifier: Any = None
        self._trusted_until = 0.0
        self._heartbeats: dict[str, tuple[float, asyncio.Event]] = {}
        self._heartbeat_count = 0
        self._turn = asyncio.Lock()
        self._listening_lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._has_said_lost = False

    def is_current(self) -> bool:
        """Whether a heartbeat came back lately enough for the cache to be trusted."""
        return monotonic() < self._trusted_until

    async def start(self) -> None:
        """Starts the task that listens and reconnects."""
        self._task = asyncio.create_task(self._run())

    async def settle(self) -> None:
        """Waits until a heartbeat that is sent now comes back; returns at once without trust."""
        if not self.is_current():
            return
        try:
            await self._heartbeat()
        except Exception as error:
            self._distrust()
            if not _is_loss(error):
                raise

    async def stop(self) -> None:
        """Cancels the task, outside an attempt to connect where that ends in time."""
        if self._task is not None:
            # asyncpg leaves loose ends where it is cancelled while it connects.
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._listening_lock.acquire()
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            # One turn of the loop, in which the closed transport goes before the loop does.
            await asyncio.sleep(0)

    async def _run(self) -> None:
        """Listens for ever, and again whenever it breaks."""
        while True:
            try:
                await self._listen()
            except Exception as error:
                # Bugs too, because a task that ends here would never listen again.
                if _is_loss(error):
                    self._say_lost(error)
                else:
                    log.exception("changes are not heard for now")
            finally:
                self._distrust()
                self._terminate()
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with self._listening_lock:
            self._connection = await connect(**self._credentials)
            self._notifier = await connect(**self._credentials)
        self._connection.add_termination_listener(lambda _: self._distrust())
        await self._connection.add_listener(CHANNEL, self._on_change)
        await self._connection.add_listener(self._own_channel, self._on_beat)
        # Any change may have been missed while nobody listened.
        self._listener.forget(EVERYTHING)
        await self._heartbeat(self._first_heartbeat_seconds)
        if self._has_said_lost:
            log.info("changes are heard again")
        self._has_said_lost = False
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self._heartbeat()

    async def _heartbeat(self, seconds: float = TRUST_SECONDS) -> None:
        """Notifies ourselves and waits for it.

        Raises:
            NotificationsLost: it did not come back in time.
        """
        notifier = self._notifier
        if notifier is None:
            raise NotificationsLost
        self._heartbeat_count += 1
        name, returned = str(self._heartbeat_count), asyncio.Event()
        self._heartbeats[name] = (monotonic(), returned)
        try:
            async with asyncio.timeout(seconds):
                # asyncpg takes one statement at a time.
                async with self._turn:
                    await notifier.execute(f"NOTIFY {self._own_channel}, '{name}'")
                await returned.wait()
        except TimeoutError:
            raise NotificationsLost from None
        finally:
            self._heartbeats.pop(name, None)

    def _on_beat(self, _connection: Any, _pid: int, _channel: str, name: str) -> None:
        sent = self._heartbeats.get(name)
        if sent is not None:
            self._trusted_until = max(self._trusted_until, sent[0] + TRUST_SECONDS)
            sent[1].set()

    def _on_change(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        for what in payload.split(","):
            self._listener.forget(what)

    def _distrust(self) -> None:
        self._trusted_until = 0.0

    def _terminate(self) -> None:
        for connection in (self._connection, self._notifier):
            if connection is not None:
                with suppress(asyncpg.InterfaceError, OSError):
                    connection.terminate()
        self._connection = self._notifier = None

    def _say_lost(self, lost: Exception) -> None:
        if not self._has_said_lost:
            self._has_said_lost = True
            log.warning(
                "changes are not heard, so the database is asked on every request; "
                "a pooler in between must let LISTEN through",
                trouble=first_line(lost),
            )
