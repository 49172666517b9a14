"""Turns refusals into problem documents (RFC 9457): the only place that chooses a status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPMethod, HTTPStatus
from typing import Any

import orjson
import structlog
from sanic import HTTPResponse, Request
from sanic.exceptions import (
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    RequestCancelled,
    SanicException,
)
from sanic.handlers import ErrorHandler

from api import errors
from api.http.cookies import clear_cookies
from api.http.requests import request_id_of
from api.trouble_log import TroubleLog
from models.trouble import is_mixed_up, trouble_of

log = structlog.get_logger("everruns_auth.problems")

STATUSES: Mapping[type[errors.Refusal], int] = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.BadRequest: 400,
    errors.UnsupportedMediaType: 415,
    errors.Invalid: 422,
    errors.Throttled: 429,
    errors.Unavailable: 503,
}

# nginx's word for a client that hung up.
CLIENT_CLOSED_REQUEST = 499

# What the server's own machinery refuses, before a handler is reached.
MACHINERY: Mapping[int, tuple[str, str]] = {
    400: ("bad_request", "The request cannot be understood"),
    404: ("not_found", "There is nothing at this path"),
    405: ("method_not_allowed", "This path does not answer that method"),
    408: ("request_timeout", "The request took too long to arrive"),
    413: ("payload_too_large", "The body is larger than 64 KiB"),
    417: ("expectation_failed", "That expectation cannot be met"),
    431: ("headers_too_large", "The headers are larger than 32 KiB"),
    503: ("unavailable", "The server cannot answer now; try again shortly"),
}


def status_of(refusal: type[errors.Refusal]) -> int:
    """The status of a refusal: that of the nearest branch of the tree."""
    for branch in refusal.__mro__:
        if branch in STATUSES:
            return STATUSES[branch]
    raise LookupError(refusal.__name__)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> HTTPResponse:
    """A problem document; `error` repeats `detail` for clients older than RFC 9457."""
    body = {
        "error": detail,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    return HTTPResponse(
        orjson.dumps(body),
        status=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        content_type="application/problem+json",
    )


def refused(refusal: errors.Refusal) -> HTTPResponse:
    """The document for a refusal."""
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    if isinstance(refusal, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, errors.Throttled | errors.Unavailable):
        headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, errors.Invalid):
        more["errors"] = [{"field": e.field, "message": e.message} for e in refusal.errors]
    return problem(status_of(type(refusal)), refusal.code, refusal.detail, headers=headers, **more)


class Problems(ErrorHandler):
    """Answers every exception that leaves a handler, or that Sanic raises itself."""

    def __init__(self) -> None:
        super().__init__()
        self._has_named_option = False
        self._troubles = TroubleLog(log, "database trouble")

    def default(self, request: Request, exception: Exception) -> HTTPResponse:
        """The problem document of an exception; 500 and a log line with its traceback for a bug."""
        if isinstance(exception, errors.AccessCookiesDiffer | errors.RefreshCookiesDiffer):
            response = refused(exception)
            clear_cookies(response, request, request.app.ctx.services.settings)
            return response
        if isinstance(exception, errors.Refusal):
            return refused(exception)
        if trouble_of(exception) is not None:
            self._note(request, exception)
            return refused(errors.DatabaseUnavailable())
        if isinstance(exception, RequestCancelled):
            # The client has closed the connection; nobody reads this.
            return HTTPResponse(status=CLIENT_CLOSED_REQUEST)
        if isinstance(exception, SanicException):
            return _machinery(request, exception)
        return _bug(request, exception)

    def _note(self, request: Request, exception: Exception) -> None:
        trouble = self._troubles.report(exception)
        if trouble is not None:
            request.app.ctx.services.writability.note(trouble)
        if is_mixed_up(exception) and not self._has_named_option:
            self._has_named_option = True
            log.error(
                "a pooler between here and PostgreSQL mixes prepared statements; do without them: "
                "add ?prepared_statements=off to DATABASE_URL"
            )


def _machinery(request: Request, exception: SanicException) -> HTTPResponse:
    status = exception.status_code or 500
    if isinstance(exception, NotFound) and getattr(request, "is_unreadable", False):
        status = 400
    elif isinstance(exception, PayloadTooLarge) and "header" in str(exception):
        status = 431
    code, detail = MACHINERY.get(status, ("refused", HTTPStatus(status).phrase))
    headers = dict(exception.headers) if isinstance(exception, MethodNotAllowed) else {}
    if isinstance(exception, MethodNotAllowed) and not headers.get("Allow"):
        headers["Allow"] = ", ".join(_allowed(request))
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = "1"
    return problem(status, code, detail, headers=headers)


def _allowed(request: Request) -> Iterator[str]:
    """The methods that there are for the path; Sanic does not know them of every path with an id."""
    for method in HTTPMethod:
        with suppress(NotFound, MethodNotAllowed):
            request.app.router.get(request.path, method.value, request.headers.get("host"))
            yield method.value


def _bug(request: Request, exception: Exception) -> HTTPResponse:
    """A bug: the log holds what happened, the answer only where to look it up."""
    request_id = request_id_of(request)
    log.error("unexpected error", request_id=request_id, exc_info=exception)
    return problem(
        500,
        "internal_error",
        "Something went wrong; tell the operators the request id",
        request_id=request_id,
    )
