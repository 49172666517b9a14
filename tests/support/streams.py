"""Listeners to the operators' stream: over a socket, and in process without one.

httpx's ASGI transport gathers an answer before it hands it over, so in process the application is
called as a server calls it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.processes import Server
from tests.support.waiting import until

PATH = "/v1/admin/stream"


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a listener reads it."""

    id: str
    kind: str
    data: Any


@dataclass
class Stream:
    """What a listener has been sent so far."""

    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    is_over: bool = False

    @property
    def blocks(self) -> list[str]:
        return self.text.split("\n\n")[:-1]

    @property
    def told(self) -> list[Told]:
        return [_told(block) for block in self.blocks if "data: " in block]

    @property
    def comments(self) -> list[str]:
        return [block for block in self.blocks if block.startswith(":")]

    def of(self, *kinds: str) -> list[Any]:
        """The data of the events of some kinds."""
        return [one.data for one in self.told if one.kind in kinds]

    @property
    def kinds(self) -> list[str]:
        return [one.kind for one in self.told]

    async def hears(self, kind: str, **expected: object) -> Told:
        """The first event of a kind that has these values, once it is there."""

        def found() -> list[Told]:
            return [
                one
                for one in self.told
                if one.kind == kind and expected.items() <= one.data.items()
            ]

        await until(lambda: bool(found()))
        return found()[0]

    async def ends(self) -> None:
        await until(lambda: self.is_over)


def _told(block: str) -> Told:
    fields = dict(line.split(": ", 1) for line in block.split("\n"))
    return Told(fields["id"], fields["event"], json.loads(fields["data"]))


def _asking(headers: Mapping[str, str], after: str | None) -> dict[str, str]:
    return {**headers, **({"Last-Event-ID": after} if after is not None else {})}


@asynccontextmanager
async def streaming(
    server: Server, headers: Mapping[str, str], *, after: str | None = None
) -> AsyncIterator[Stream]:
    """Listen to a server over a socket, from the answer's head to the end of the block."""
    stream = Stream()

    async def read() -> None:
        async with (
            httpx.AsyncClient(
                base_url=server.url, timeout=60, trust_env=False, verify=False
            ) as http,
            http.stream("GET", PATH, headers=_asking(headers, after)) as answer,
        ):
            stream.status, stream.headers = answer.status_code, answer.headers
            with suppress(httpx.RemoteProtocolError, httpx.ReadError):
                async for text in answer.aiter_text():
                    stream.text += text
        stream.is_over = True

    async with _running(asyncio.create_task(read()), stream):
        yield stream


@asynccontextmanager
async def listening(
    app: Any, headers: Mapping[str, str], *, after: str | None = None, method: str = "GET"
) -> AsyncIterator[Stream]:
    """Listen to an application in process, from the answer's head to the end of the block."""
    stream = Stream()
    asked = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        return asked.pop() if asked else await asyncio.Event().wait()  # type: ignore[return-value]

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            stream.status = message["status"]
            stream.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        stream.text += message.get("body", b"").decode()

    async def ask() -> None:
        await app(_scope(method, _asking(headers, after)), receive, send)
        stream.is_over = True

    async with _running(asyncio.create_task(ask()), stream):
        yield stream


def _scope(method: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "scheme": "http",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": "auth.test", **headers}.items()
        ],
        "client": ("127.0.0.1", 40_000),
        "server": ("auth.test", 80),
    }


@asynccontextmanager
async def _running(task: asyncio.Task[None], stream: Stream) -> AsyncIterator[None]:
    try:
        await until(lambda: stream.status > 0 or task.done())
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
