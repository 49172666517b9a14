"""The log line of each request, and the headers of each answer."""

from __future__ import annotations

import logging
import re
from http import HTTPStatus
from time import perf_counter, time
from typing import Any

import structlog
from sanic import Request, Sanic
from sanic.constants import HTTP_METHODS
from sanic.response import BaseHTTPResponse

from api.http.client_address import address_of
from api.http.metrics import count
from api.http.requests import TimedRequest, proxy_request_id, request_id_of
from api.http.responses import date_header

log = structlog.get_logger("everruns_auth.requests")

# The form of API keys and tokens, which are masked in a path.
_SECRET = re.compile(r"evr_[0-9a-f]+|ey[A-Za-z0-9_-]+\.[A-Za-z0-9_.-]+")
# Characters of a path that are logged; the search for secrets takes time that grows with its square.
MAX_PATH = 512
# No answer is a page, and no cache may store one (OWASP ASVS 3.4.4, 14.3.2).
_ON_EVERY_ANSWER = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_VERIFY = "/v1/auth/verify"


def install(app: Sanic[Any, Any]) -> None:
    """Adds the middleware that completes and logs every answer."""
    is_verbose = logging.getLogger("everruns_auth").isEnabledFor(logging.DEBUG)

    async def finish(request: Request, response: BaseHTTPResponse) -> None:
        route = request.route
        path = getattr(route.ctx, "path", "other") if route is not None else "other"
        is_quiet = route is not None and getattr(route.ctx, "is_quiet", False)
        for name, value in _ON_EVERY_ANSWER.items():
            response.headers.setdefault(name, value)
        # Proxies ask that on every request, and pass nothing of it on but what they know already.
        if path != _VERIFY:
            # Clients whose clock is wrong reckon by ours (RFC 9110 §6.6.1).
            response.headers["Date"] = date_header(int(time()))
        if path != _VERIFY or proxy_request_id(request):
            response.headers["X-Request-Id"] = request_id_of(request)
        seconds = perf_counter() - request.began if isinstance(request, TimedRequest) else 0.0
        # Labels must stay few: a stranger chooses the method.
        method = request.method if request.method in HTTP_METHODS else "other"
        count(method, path, response.status, seconds)
        if is_verbose or not (is_quiet and response.status < HTTPStatus.BAD_REQUEST):
            log.info("request", **_fields(request, response, seconds))

    app.register_middleware(finish, "response")


def _fields(request: Request, response: BaseHTTPResponse, seconds: float) -> dict[str, object]:
    user_id = getattr(request.ctx, "user_id", None)
    known = {"user_id": str(user_id)} if user_id is not None else {}
    return {
        "method": request.method,
        "path": _SECRET.sub("***", request.path[:MAX_PATH]),
        "status": response.status,
        "ms": round(seconds * 1000, 1),
        **known,
        "request_id": request_id_of(request),
        "address": address_of(request),
    }
