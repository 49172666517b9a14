"""The access and the refresh cookie: names, attributes and removal (RFC 6265bis, ASVS 3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Literal

from sanic import HTTPResponse, Request

from api.accounts.sessions import Tokens
from api.errors import AccessCookiesDiffer, RefreshCookiesDiffer, Refusal
from api.settings import Settings

ACCESS = "access_token"
REFRESH = "refresh_token"

_AUTH = "/v1/auth"
# Earlier versions of the platform kept the refresh token under /v1/auth.
_PATHS = ("/", _AUTH)
_DIFFERENT: Mapping[str, type[Refusal]] = {
    ACCESS: AccessCookiesDiffer,
    REFRESH: RefreshCookiesDiffer,
}


def all_shown(request: Request, name: str) -> list[str]:
    """The value of every cookie of this name that the browser sent."""
    return request.cookies.getlist(name, [])


def shown(request: Request, name: str) -> str | None:
    """The cookie `ACCESS` or `REFRESH`, which may be there twice if it is the same.

    Raises:
        AccessCookiesDiffer, RefreshCookiesDiffer: another host of the domain, or another path, has
            set one too; its owner must not act here as somebody else without knowing.
    """
    lines = request.headers.getall("cookie", ())
    value = _plain(lines[0], name) if len(lines) == 1 else None
    if value is not None:
        return value
    found = set(all_shown(request, name))
    if len(found) > 1:
        raise _DIFFERENT[name]
    return found.pop() if found else None


def _plain(header: str, name: str) -> str | None:
    """The cookie of a name out of a Cookie header, without parsing the rest of it.

    None where it is not that simple: the name is there twice, or the value is quoted or escaped.
    """
    before, found, rest = header.partition(f"{name}=")
    if not found or (before and not before.endswith("; ")) or name in before or name in rest:
        return None
    value = rest.partition(";")[0].strip()
    return None if not value or value.startswith('"') or "\\" in value else value


def set_cookies(response: HTTPResponse, tokens: Tokens, settings: Settings) -> None:
    """Sets both tokens as cookies that scripts cannot read."""
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


def clear_cookies(response: HTTPResponse, request: Request, settings: Settings) -> None:
    """Removes both cookies from every path where this server has ever set them."""
    differ = any(len(set(all_shown(request, name))) > 1 for name in (ACCESS, REFRESH))
    for path in _every_path(request, settings) if differ else _PATHS:
        _add(response, ACCESS, "", 0, settings, same_site="Lax", path=path)
        _add(response, REFRESH, "", 0, settings, same_site="Strict", path=path)


def _every_path(request: Request, settings: Settings) -> list[str]:
    """Every path from which the browser may have sent a cookie (RFC 6265 §5.1.4).

    A proxy may have cut the public prefix off the path that the browser asked for.
    """
    asked = (request.path, *(prefix + _AUTH for prefix in settings.prefixes))
    return sorted(
        {str(p) for text in asked for p in (PurePosixPath(text), *PurePosixPath(text).parents)}
    )


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
