"""A transport that reaches an application in process and hands on its answers as they come.

httpx's own collects a whole answer first, so that a stream of events would never be seen. This one
can also be told that the server is away, to break what is open, and to let a request wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx

Message = dict[str, Any]


@dataclass(eq=False)
class _Exchange(httpx.AsyncByteStream):
    """One request on its way through the application."""

    body: bytes
    task: asyncio.Task[None] | None = None
    is_broken: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Future[Message] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    chunks: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    is_sent: bool = False

    async def receive(self) -> Message:
        if not self.is_sent:
            self.is_sent = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # Whoever asked may have given up meanwhile.
            if not self.begun.done():
                self.begun.set_result(message)
        elif message["type"] == "http.response.body":
            await self.chunks.put(message.get("body", b""))
            if not message.get("more_body", False):
                await self.chunks.put(None)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await self.chunks.get()) is not None:
            yield chunk
        if self.is_broken:
            raise httpx.ReadError("broken by the test")

    def break_off(self) -> None:
        self.is_broken = True
        self.chunks.put_nowait(None)

    async def aclose(self) -> None:
        self.gone.set()
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


class StreamingTransport(httpx.AsyncBaseTransport):
    """Reaches `app`, unless it is told to be away. Counts what is asked of it."""

    def __init__(self, app: Any, address: str = "127.0.0.1") -> None:
        self._app = app
        self._address = address
        self._open: set[_Exchange] = set()
        self.is_away = False
        self.seconds_late = 0.0
        """How long every answer takes, as over a long line."""
        self._held = ""
        self._gate = asyncio.Event()
        self.asked: list[tuple[str, str]] = []
        self.headers: list[httpx.Headers] = []

    def hold(self, words: str) -> None:
        """From now on a request waits that has these words in its URL, until it is let go or the server away."""
        self._held = words
        self._gate = asyncio.Event()

    def break_off(self) -> None:
        """Break every answer that is still coming."""
        for exchange in self._open:
            exchange.break_off()

    def go_away(self) -> None:
        """From now on nobody answers, and what was open breaks."""
        self.is_away = True
        self._gate.set()
        self.break_off()

    def come_back(self) -> None:
        self.is_away = False

    def let_go(self) -> None:
        """What was held gets through, and nothing is held any more."""
        self._held = ""
        self._gate.set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._held and self._held in str(request.url):
            await self._gate.wait()
        if self.seconds_late:
            await asyncio.sleep(self.seconds_late)
        if self.is_away:
            raise httpx.ConnectError("All connection attempts failed")
        self.asked.append((request.method, request.url.raw_path.decode()))
        self.headers.append(request.headers)
        exchange = _Exchange(await request.aread())
        exchange.task = asyncio.create_task(
            self._app(self._scope(request), exchange.receive, exchange.send)
        )
        exchange.task.add_done_callback(lambda _: self._open.discard(exchange))
        self._open.add(exchange)
        begun = await exchange.begun
        return httpx.Response(begun["status"], headers=begun["headers"], stream=exchange)

    def _scope(self, request: httpx.Request) -> Message:
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port),
            "client": (self._address, 40_000),
            "root_path": "",
        }
