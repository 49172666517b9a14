"""The shortest way through Sanic, for the two checks that are made for every request of others.

A cached credential is answered without a coroutine, a middleware, a log line or a header that must
be encoded. Every other request takes the ordinary way, which decides again.
"""

from __future__ import annotations

from collections.abc import Callable
from time import time
from typing import Any

from sanic import Request
from sanic.response import BaseHTTPResponse

from api.authentication.authenticator import NO_CREDENTIAL
from api.authentication.credential_cache import CachedCredential
from api.http.browser_rules import check_host
from api.http.client_address import address_of
from api.http.credentials import KEY_MARK, credential_of
from api.settings import Settings

# None where the long way is to decide.
FastAnswer = Callable[[Request, CachedCredential], BaseHTTPResponse | None]

LINE_END = b"\r\n"
_KEEP_ALIVE = (b"connection", b"keep-alive")
_CLOSE = (b"connection", b"close")


class RememberedResponse(BaseHTTPResponse):
    """A 200 whose header lines are bytes already, joined as they go over the wire."""

    __slots__ = ("_lines",)

    def __init__(self, lines: bytes, body: bytes) -> None:
        # Not the parent's: it would make a header map that nobody reads.
        self._lines = lines
        self.asgi = False
        self.body = body
        self.content_type = None
        self.stream = None
        self.status = 200
        # What Sanic writes down for itself while it sends: length and connection.
        self.headers: Any = {}
        self._cookies = None

    @property
    def processed_headers(self) -> Any:
        """Name and value of each line; on the wire the first value carries the other lines."""
        connection = self.headers.get("connection")
        if connection is None:  # ASGI, which wants them apart
            return [line.split(b": ", 1) for line in self._lines.split(LINE_END)]
        name, _, rest = self._lines.partition(b": ")
        return ((name, rest), _CLOSE if connection == "close" else _KEEP_ALIVE)


def fast_path(slow: Any, answer: FastAnswer, settings: Settings) -> Any:
    """The endpoint for Sanic: answers from the cache, or calls the route's ordinary endpoint."""
    is_open_mode, has_cors = settings.mode == "none", bool(settings.cors_origins)

    def endpoint(request: Request) -> Any:
        if has_cors and "origin" in request.headers:
            return slow(request)
        if is_open_mode:
            check_host(request, settings)
            text = NO_CREDENTIAL
        else:
            credential = credential_of(request)
            if credential is None:
                return slow(request)
            kind, text, _ = credential
            if text.startswith(KEY_MARK) is not (kind == "api_key"):
                # A token in an API key's place, or the other way round.
                return slow(request)
        authenticator, now = request.app.ctx.services.authenticator, time()
        known = authenticator.recall(text, now)
        response = answer(request, known) if known is not None else None
        if known is None or response is None:
            return slow(request)
        key_id = known.principal.key_id
        if key_id is not None:
            authenticator.note_use(key_id, now, address_of(request))
        # Sanic's own mark for "they ran": there is nothing for them to do here.
        request._response_middleware_started = True  # noqa: SLF001
        return response

    return endpoint
