"""The bound on how much of an answer is read, so that a hostile server costs bounded memory.

Knows nothing of what an answer means. Bytes are counted after decompression. A broken connection leaves it
as a `Trouble`; the time that a whole answer may take is the client's.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from tui.http import errors
from tui.http.responses import unreachable
from tui.http.server_clock import ServerClock

# A page of 200 rows of the audit trail, the largest answer there is, has some 400 KiB.
MAX_ANSWER_BYTES = 4 * 1024 * 1024
# An event has some 300 bytes. What follows the last blank line of a stream is held in memory.
MAX_EVENT_BYTES = 64 * 1024
# Zlib makes up to 1,032 bytes of one; it is asked for so many at a time.
_INFLATED_BYTES = 64 * 1024
# The key of a request's extensions that says: this is the stream, which has no end.
ENDLESS = "everruns_auth.endless"


class BoundedTransport(httpx.AsyncBaseTransport):
    """Sends requests to `url` by `inner`, and bounds and decodes the bodies that come back."""

    def __init__(self, inner: httpx.AsyncBaseTransport, url: str, clock: ServerClock) -> None:
        self._inner = inner
        self._url = url
        self._clock = clock

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, whose body is read later.

        Raises:
            Trouble: nothing answers, or it is encoded in a way that was not asked for.
        """
        sent = self._clock.instant()
        try:
            answer = await self._inner.handle_async_request(request)
        except httpx.TransportError as broken:
            raise unreachable(broken, self._url) from None
        # The date of an answer with an age is that of a cache's original.
        if "age" not in answer.headers:
            self._clock.compare(answer.headers.get("date", ""), sent, self._clock.instant())
        encoding = answer.headers.pop("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip"):
            await answer.aclose()
            raise errors.NotOurServer(f"{self._url} answers in an encoding that was not asked for")
        is_endless = answer.is_success and request.extensions.get(ENDLESS, False)
        answer.stream = _BoundedBody(
            answer.stream, self._url, _EventBudget() if is_endless else _Budget(), encoding
        )
        return answer

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


class _Budget:
    """The bytes that an answer may still have."""

    def __init__(self) -> None:
        self._left = MAX_ANSWER_BYTES

    def spend(self, part: bytes) -> None:
        """Raises `OverflowError` once there are too many."""
        self._left -= len(part)
        if self._left < 0:
            raise OverflowError(f"an answer of more than {MAX_ANSWER_BYTES:,} bytes")


class _EventBudget(_Budget):
    """The bytes that an event may still have; a blank line begins the next one."""

    def __init__(self) -> None:
        self._held = 0
        self._end = b""

    def spend(self, part: bytes) -> None:
        seen = self._end + part
        blank = max(seen.rfind(line) for line in (b"\n\n", b"\r\r", b"\n\r\n"))
        self._held = len(seen) - blank if blank >= 0 else self._held + len(part)
        self._end = seen[-2:]
        if self._held > MAX_EVENT_BYTES:
            raise OverflowError(f"an event of more than {MAX_EVENT_BYTES:,} bytes")


class _BoundedBody(httpx.AsyncByteStream):
    """A body in decoded parts, as long as the budget lasts."""

    def __init__(self, stream: object, url: str, budget: _Budget, encoding: str) -> None:
        assert isinstance(stream, httpx.AsyncByteStream)
        self._stream = stream
        self._url = url
        self._budget = budget
        self._is_gzip = encoding == "gzip"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        gzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
        # Compressed bytes that give nothing have no end either.
        compressed = _Budget()
        try:
            async for chunk in self._stream:
                if self._is_gzip:
                    compressed.spend(chunk)
                for part in _inflated(gzip, chunk) if self._is_gzip else (chunk,):
                    self._budget.spend(part)
                    yield part
        except httpx.TransportError as broken:
            raise unreachable(broken, self._url) from None
        except OverflowError as too_much:
            raise errors.NotOurServer(f"{self._url} sends {too_much}") from None
        except zlib.error:
            raise errors.NotOurServer(f"{self._url} sends gzip that cannot be read") from None

    async def aclose(self) -> None:
        await self._stream.aclose()


def _inflated(gzip: zlib._Decompress, chunk: bytes) -> Iterator[bytes]:
    """The content of a chunk of gzip, a part at a time.

    Raises:
        zlib.error: it is no gzip, or goes on behind its end.
    """
    while chunk:
        yield gzip.decompress(chunk, _INFLATED_BYTES)
        if gzip.unused_data:
            raise zlib.error("behind the end")
        chunk = gzip.unconsumed_tail
