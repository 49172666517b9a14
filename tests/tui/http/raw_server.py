"""A server of raw bytes on a socket, which says whatever a test wants it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Say = Callable[[asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


@dataclass
class RawServer:
    """Where it is, and the heads of the requests that it got."""

    url: str = ""
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def raw_server(say: Say) -> AsyncIterator[RawServer]:
    """Each connection is read up to the first blank line, answered by `say`, and closed."""
    server = RawServer()

    conversations: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        conversations.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            server.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await say(writer)
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()
    server.url = f"http://{host}:{port}/api"
    async with listening:
        yield server
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations)


def saying(*parts: bytes) -> Say:
    """These bytes, whatever was asked."""

    async def say(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return say


def without_end(beginning: bytes, part: bytes, *, every: float = 0.0) -> Say:
    """A beginning, and then one part again and again, for as long as somebody reads."""

    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(beginning)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(every)

    return say
