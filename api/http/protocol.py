"""HTTP/1.1 on the wire (RFC 9112), where Sanic accepts more, or less, than is safe behind a proxy.

A request that two servers could end at different bytes is refused, and its connection closed,
because the following bytes could be taken for another request.
"""

from __future__ import annotations

import re
from time import monotonic

from sanic.compat import Header
from sanic.exceptions import BadRequest
from sanic.http import Http
from sanic.http.http1 import HTTP_CONTINUE
from sanic.server import HttpProtocol

# Many cookies of other applications come along behind a proxy.
MAX_HEADER_BYTES = 32 * 1024
# How long a connection must have been quiet before a stop closes it.
QUIET_SECONDS = 1.0
# A size of eight digits is above every body; nobody who means well sends a longer extension.
_MAX_CHUNK_LINE = 64
_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_HEADER_LINES = (
    rb"(?i:host):[ \t]*+[0-9A-Za-z._~!$&'()*+,;=:%\[\]-]*+",
    rb"(?i:content-length):[ \t]*+[0-9]++",
    rb"(?i:transfer-encoding):[ \t]*+(?i:chunked)",
    rb"(?!(?i:host|content-length|transfer-encoding):)" + _TOKEN + rb":[\t\x20-\x7e\x80-\xff]*+",
)
# Possessive throughout, so that no head takes more than linear time.
_HEAD = re.compile(rb"[^\r\n]++(?:\r\n(?:" + rb"|".join(_HEADER_LINES) + rb")[ \t]*+)*+")
_CHUNK_LINE = re.compile(rb"\r\n[0-9A-Fa-f]{1,8}(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n")


def check_head(head: bytes, headers: Header, version: str) -> None:
    """Refuse what Sanic's parser lets by; spell the coding as Sanic knows it.

    Sanic itself refuses a second line about the body's length.

    Raises:
        BadRequest: a line is no header, Host is missing, repeated or malformed, or the body's
            length is not told by plain digits or by the one coding `chunked`.
    """
    if _HEAD.fullmatch(head) is None:
        raise BadRequest("Malformed header")
    hosts = len(headers.getall("host", ()))
    if hosts > 1 or (hosts == 0 and version != "1.0"):
        raise BadRequest("One Host is needed")
    if "transfer-encoding" in headers:
        if version == "1.0":
            raise BadRequest("HTTP/1.0 has no codings")
        headers["transfer-encoding"] = "chunked"


class StrictHttp(Http):
    """Sanic's connection handler, with larger headers and exact chunks."""

    __slots__ = ()

    HEADER_MAX_SIZE = MAX_HEADER_BYTES

    async def read(self) -> bytes | None:
        """Some bytes of the body; None at its end.

        Raises:
            BadRequest: Sanic would skip whatever stands where a chunk's data ought to end, read
                digits of any script, and lines that end in LF alone.
        """
        # Typed as bytes there, and set to a word.
        body: object = self.request_body
        if body == "chunked" and self.request_bytes_left == 0:
            await self._check_chunk_line()
        return await super().read()

    async def _check_chunk_line(self) -> None:
        if self.expecting_continue:
            self.expecting_continue = False
            await self._send(HTTP_CONTINUE)
        buffer = self.recv_buffer
        while _CHUNK_LINE.match(buffer) is None:
            if len(buffer) > _MAX_CHUNK_LINE or buffer.find(b"\r\n", 2) != -1:
                self.keep_alive = False
                self.request_body = None
                raise BadRequest("Bad chunked encoding")
            await self._receive_more()


class Connection(HttpProtocol):
    """Sanic's connection, which a stop closes only once it is quiet."""

    __slots__ = ()

    HTTP_CLASS = StrictHttp

    def connection_made(self, transport: object) -> None:
        """Starts the clock of quiet time, before Sanic sets it."""
        # Of the last byte that came or went; Sanic sets it a little later.
        self._time = monotonic()
        super().connection_made(transport)  # type: ignore[no-untyped-call]

    def close_if_idle(self) -> bool:
        """Close it where no request is being received or answered; whether it was closed.

        A client that connected, or was answered, just before the stop may be sending its next
        request. That one's answer says that the connection is closed.
        """
        if self.recv_buffer or monotonic() - self._time < QUIET_SECONDS:
            return False
        return super().close_if_idle()
