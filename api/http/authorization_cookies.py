"""The cookies that bind an authorization request to its browser: one each, for several tabs.

The module does not know their content.
"""

from __future__ import annotations

import re
from datetime import datetime

from sanic import HTTPResponse, Request

from api.federation.authorization_requests import (
    LIFETIME,
    AuthorizationRequest,
    AuthorizationRequestSealer,
    tag_of,
)
from api.http.cookies import all_shown
from api.settings import Settings

# Cookies that a browser may hold, some kilobytes; the oldest are removed first.
MAX_ATTEMPTS = 4
_NAME = "oauth_"
# Only this origin can set a cookie of this prefix, so that no other host of the domain can plant its
# own request and sign the browser in as somebody else (RFC 6265bis §4.1.3.2).
_HOST_PREFIX = "__Host-"


def hand_out(response: HTTPResponse, attempt: AuthorizationRequest, settings: Settings) -> None:
    """Sets the cookie of a request, for as long as the request is valid."""
    _set(response, _name(attempt.tag, settings), attempt.sealed, settings)


def sealed_for(request: Request, state: str, settings: Settings) -> str | None:
    """The sealed request of the cookie that belongs to `state`; None without one."""
    return _newest(request, _name(tag_of(state), settings))


def take_back(response: HTTPResponse, request: Request, state: str, settings: Settings) -> None:
    """Removes the cookie that belongs to `state`; those of other tabs stay."""
    name = _name(tag_of(state), settings)
    if name in request.cookies:
        _clear(response, name, settings)


def make_room(
    response: HTTPResponse,
    request: Request,
    sealer: AuthorizationRequestSealer,
    settings: Settings,
    now: datetime,
) -> None:
    """Removes expired cookies, and the oldest beyond MAX_ATTEMPTS."""
    living: list[tuple[datetime, str]] = []
    for name in _names(request, settings):
        attempt = sealer.open(_newest(request, name) or "", now)
        if attempt is None:
            _clear(response, name, settings)
        else:
            living.append((attempt.expires_at, name))
    for _, name in sorted(living, reverse=True)[MAX_ATTEMPTS - 1 :]:
        _clear(response, name, settings)


def _newest(request: Request, name: str) -> str | None:
    found = all_shown(request, name)
    return found[-1] if found else None


def _names(request: Request, settings: Settings) -> list[str]:
    form = re.compile(re.escape(_name("", settings)) + "[0-9a-f]{16}")
    return [name for name in request.cookies if form.fullmatch(name)]


def _name(tag: str, settings: Settings) -> str:
    return f"{_HOST_PREFIX if settings.is_https else ''}{_NAME}{tag}"


def _clear(response: HTTPResponse, name: str, settings: Settings) -> None:
    _set(response, name, "", settings, max_age=0)


def _set(
    response: HTTPResponse,
    name: str,
    value: str,
    settings: Settings,
    *,
    max_age: int = int(LIFETIME.total_seconds()),
) -> None:
    response.add_cookie(
        name,
        value,
        # The callback answers under several prefixes, and a proxy may add its own.
        path="/",
        max_age=max_age,
        httponly=True,
        # Lax, because the callback comes from another site, and Strict cookies would not be sent.
        samesite="Lax",
        secure=settings.is_https,
    )
