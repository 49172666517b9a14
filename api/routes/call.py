"""Owns what a handler is handed beside the request, and how it is read off the request."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog
from sanic import Request
from sanic.constants import HTTP_METHODS

from api.identity.occasion import Occasion
from api.identity.principal import Principal
from api.identity.services import Services

MAX_USER_AGENT = 512
# A key or a token in the wrong header must not be written down.
_REQUEST_ID = re.compile(r"(?!evr_|ey)[A-Za-z0-9._:-]{1,128}")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a0-\uffff]")

log = structlog.get_logger("everruns_auth.requests")


class TimedRequest(Request):
    """A request that knows when it began; cheaper than a middleware that would write it down."""

    __slots__ = ("began",)

    def __init__(self, url_bytes: bytes, *args: Any, **kwargs: Any) -> None:
        super().__init__(url_bytes, *args, **kwargs)
        self.began = perf_counter()
        if self.method not in HTTP_METHODS and self.path.endswith("/v1/auth/verify"):
            # Proxies ask with their client's method, WebDAV's too, which Sanic routes nowhere.
            self.method = "GET"


@dataclass(frozen=True, slots=True)
class Call:
    """What every handler gets."""

    services: Services
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class SignedInCall(Call):
    """What a guarded handler gets: also who is asking."""

    principal: Principal


def occasion_of(request: Request) -> Occasion:
    """When and from where; the one place where a request meets the clock."""
    return Occasion(
        now=datetime.now(UTC),
        ip_address=address_of(request),
        user_agent=_user_agent(request),
        request_id=request_id_of(request),
    )


def request_id_of(request: Request) -> str:
    """The caller's X-Request-Id where it is harmless in a log, else one of our own."""
    known: str | None = getattr(request.ctx, "request_id", None)
    if known is None:
        sent = request.headers.get("x-request-id", "")
        known = sent if _REQUEST_ID.fullmatch(sent) else uuid4().hex
        request.ctx.request_id = known
    return known


def address_of(request: Request) -> str | None:
    """The client's address; a proxy is believed only where Sanic was told of it."""
    if "x-forwarded-for" in request.headers and not _is_behind_proxy(request):
        _say_once(request)
    for text in (request.remote_addr, request.ip):
        address = _address(text)
        if address is not None:
            return address
    return None


def _address(text: str) -> str | None:
    bare = text.strip("[]")
    if bare.count(":") == 1:  # IPv4 with a port, as some proxies write it
        bare = bare.partition(":")[0]
    try:
        return str(ipaddress.ip_address(bare.partition("%")[0]))
    except ValueError:
        return None


def _is_behind_proxy(request: Request) -> bool:
    config = request.app.config
    return bool(config.PROXIES_COUNT or config.REAL_IP_HEADER or config.FORWARDED_SECRET)


def _say_once(request: Request) -> None:
    if not getattr(request.app.ctx, "has_said_forwarded", False):
        request.app.ctx.has_said_forwarded = True
        log.warning(
            "X-Forwarded-For arrives and is ignored; behind a proxy, set SANIC_PROXIES_COUNT, "
            "SANIC_REAL_IP_HEADER or SANIC_FORWARDED_SECRET"
        )


def _user_agent(request: Request) -> str | None:
    sent = request.headers.get("user-agent", "")
    return _UNPRINTABLE.sub("\ufffd", sent)[:MAX_USER_AGENT] or None
