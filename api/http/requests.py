"""The values that a handler gets beside the request, and how they are read from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from sanic import Request
from sanic.constants import HTTP_METHODS
from sanic.cookies.request import parse_cookie
from sanic.exceptions import BadURL
from sanic.request.parameters import RequestParameters

from api.authentication.principal import Principal
from api.errors import NotFound
from api.http.client_address import address_of
from api.http.protocol import check_head
from api.request_context import RequestContext
from api.services import Services

MAX_USER_AGENT = 512
# Ids that are logged; a key or a token in this header must not be.
_REQUEST_ID = re.compile(r"(?!.*(?:evr_|eyJ))[A-Za-z0-9._-]{1,64}")
_SECRET = re.compile(r"evr_[0-9a-f]{8,}|eyJ[\w-]+\.[\w-]*\.?[\w-]*", re.IGNORECASE)
_ODD_URL = re.compile(rb"[\x00-\x20\x7f]")
_NOWHERE = b"/"
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\ud7ff\ue000-\uffff]")


class TimedRequest(Request):
    """A request that knows when it began, and whether its address can be read.

    An address that Sanic would answer with a closed connection is answered with 400: see
    `problems.py`.
    """

    __slots__ = ("began", "is_unreadable")

    def __init__(
        self, url_bytes: bytes, headers: Any, version: str, method: str, *rest: Any, **more: Any
    ) -> None:
        # Without a head it stands for one that was refused, or comes from a test in process.
        if head := more.get("head"):
            check_head(head, headers, version)
        self.is_unreadable = _ODD_URL.search(url_bytes) is not None
        if self.is_unreadable:
            url_bytes = _NOWHERE
        try:
            super().__init__(url_bytes, headers, version, method, *rest, **more)
        except BadURL:
            self.is_unreadable = True
            super().__init__(_NOWHERE, headers, version, method, *rest, **more)
        self.began = perf_counter()
        if method not in HTTP_METHODS and self.path.endswith("/v1/auth/verify"):
            # Proxies ask with their client's method, WebDAV's too, which Sanic routes nowhere.
            self.method = "GET"

    def get_cookies(self) -> RequestParameters:
        """The cookies, without backslashes, which are in none of ours.

        Sanic would look up what they escape in a time that grows with the square of their number.
        """
        header = "; ".join(self.headers.getall("cookie", ())).replace("\\", "")
        self.parsed_cookies = RequestParameters(parse_cookie(header))
        return self.parsed_cookies


@dataclass(frozen=True, slots=True)
class Call:
    """The argument of every handler."""

    services: Services
    context: RequestContext


@dataclass(frozen=True, slots=True)
class SignedInCall(Call):
    """The argument of a guarded handler: also the principal."""

    principal: Principal


def context_of(request: Request) -> RequestContext:
    """The time, the address and the client of a request; the one place that reads the clock."""
    return RequestContext(
        now=datetime.now(UTC),
        ip_address=address_of(request),
        user_agent=_user_agent(request),
        request_id=request_id_of(request),
    )


def id_in_path(text: str, otherwise: type[NotFound]) -> UUID:
    """The id in a path; raises `otherwise` for a text that is none."""
    try:
        return UUID(text)
    except ValueError:
        raise otherwise from None


def request_id_of(request: Request) -> str:
    """The trusted proxy's X-Request-Id, else a random one of 32 hex digits."""
    known: str | None = getattr(request.ctx, "request_id", None)
    if known is None:
        known = request.ctx.request_id = proxy_request_id(request) or uuid4().hex
    return known


def proxy_request_id(request: Request) -> str | None:
    """The X-Request-Id of a trusted proxy if it is safe to log, else None."""
    if request.app.ctx.proxies is None or "x-request-id" not in request.headers:
        return None
    lines = request.headers.getall("x-request-id")
    return lines[0] if len(lines) == 1 and _REQUEST_ID.fullmatch(lines[0]) else None


def _user_agent(request: Request) -> str | None:
    # Cut first: secrets are looked for in a time that grows with the square of the length.
    sent = request.headers.get("user-agent", "")[:MAX_USER_AGENT]
    return _UNPRINTABLE.sub("\ufffd", _SECRET.sub("…", sent)) or None
