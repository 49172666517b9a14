"""Owns the two cookies: their names, attributes and removal (RFC 6265bis, OWASP ASVS 3.4)."""

from __future__ import annotations

from typing import Literal

from sanic import HTTPResponse, Request

from api.identity.sessions import Tokens
from api.settings import Settings

ACCESS = "access_token"
REFRESH = "refresh_token"

# Earlier versions of the platform kept the refresh token under /v1/auth.
_PATHS = ("/", "/v1/auth")


def all_shown(request: Request, name: str) -> list[str]:
    """Every cookie of a name that the browser sent."""
    return request.cookies.getlist(name, [])


def shown(request: Request, name: str) -> str | None:
    """The cookie of a name; of several the last.

    That one is ours, on `/`: browsers send longer paths first (RFC 6265 §5.4).
    """
    found = all_shown(request, name)
    return found[-1] if found else None


def plain(header: str, name: str) -> str | None:
    """The cookie of a name out of a Cookie header, without parsing the rest of it.

    None also where it is not that simple: where the name is there twice, or the value is quoted.
    """
    before, found, rest = header.partition(f"{name}=")
    if not found or (before and not before.endswith("; ")) or name in rest:
        return None
    value = rest.partition(";")[0].strip()
    return None if not value or value.startswith('"') else value


def set_cookies(response: HTTPResponse, tokens: Tokens, settings: Settings) -> None:
    """Hand both tokens to the browser, out of reach of its scripts."""
    _add(
        response,
        ACCESS,
        tokens.access_token,
        tokens.expires_in,
        settings,
        same_site="Lax",
    )
    _add(
        response,
        REFRESH,
        tokens.refresh_token,
        tokens.refresh_expires_in,
        settings,
        same_site="Strict",
    )


def clear_cookies(response: HTTPResponse, settings: Settings) -> None:
    """Take both back, on every path where they may lie."""
    for path in _PATHS:
        _add(response, ACCESS, "", 0, settings, same_site="Lax", path=path)
        _add(response, REFRESH, "", 0, settings, same_site="Strict", path=path)


def _add(
    response: HTTPResponse,
    name: str,
    value: str,
    max_age: int,
    settings: Settings,
    *,
    same_site: Literal["Lax", "Strict"],
    path: str = "/",
) -> None:
    response.add_cookie(
        name,
        value,
        path=path,
        max_age=max_age,
        httponly=True,
        samesite=same_site,
        secure=settings.is_https,
    )
