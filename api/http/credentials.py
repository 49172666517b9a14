"""The credential of a request, and the principal that it stands for."""

from __future__ import annotations

from typing import Literal

from sanic import Request

from api.authentication.authenticator import Authenticator
from api.authentication.principal import Principal
from api.errors import (
    AuthenticationRequired,
)
from api.http.browser_rules import check_site, is_own_page
from api.http.cookies import ACCESS, REFRESH, all_shown, shown
from api.request_context import RequestContext
from api.settings import Settings

KEY_MARK = "evr_"

# Kind, text, and whether a cookie held it. Every checked request makes one: an instance of a class
# takes 2 to 3 of its 45 µs, a tuple less than 1.
Credential = tuple[Literal["token", "api_key"], str, bool]


def credential_of(request: Request) -> Credential | None:
    """The first credential in the contract's order; a header of another scheme falls through.

    Its text may lack the form of its kind: only API keys begin with `evr_`.

    Raises:
        AccessCookiesDiffer: none is in a header, and two cookies are that differ.
    """
    header = request.headers.get("authorization")
    credential = _parsed(header) if header else None
    if credential is not None:
        return credential
    cookie = shown(request, ACCESS)
    return ("token", cookie, True) if cookie else None


def _parsed(header: str) -> Credential | None:
    """The credential in a header `Authorization`."""
    header = header.strip()
    scheme, _, text = header.partition(" ")
    scheme, text = scheme.lower(), text.strip()
    if scheme == "bearer":
        return ("api_key" if text.startswith(KEY_MARK) else "token", text, False)
    if scheme == "apikey":
        return ("api_key", text, False)
    if header.startswith(KEY_MARK):
        return ("api_key", header, False)
    return None


def credentials_naming_sessions(request: Request, settings: Settings) -> list[str]:
    """Every token in the headers that may name a session; cookies only from this site's pages."""
    credential = _parsed(request.headers.get("authorization", ""))
    named = [credential[1]] if credential is not None else []
    if is_own_page(request, settings):
        named += [text for name in (ACCESS, REFRESH) for text in all_shown(request, name)]
    return named


async def principal_of(
    request: Request,
    settings: Settings,
    authenticator: Authenticator,
    context: RequestContext,
    *,
    is_checked_for_site: bool = True,
    is_use: bool = True,
) -> Principal:
    """The principal of the request; with `is_use=False` it is only checked again.

    Raises:
        AuthenticationRequired: the request has no credential.
        Unauthenticated: the credential is not valid; the subclass says why.
        CrossSiteWrite: another site's page made the browser send its cookie with a write.
    """
    if settings.mode == "none":
        return await authenticator.anonymous(context)
    credential = credential_of(request)
    if credential is None:
        raise AuthenticationRequired
    kind, text, is_cookie = credential
    if kind == "api_key":
        return await authenticator.by_api_key(text, context, is_use=is_use)
    principal = await authenticator.by_access_token(text, context)
    if is_cookie and is_checked_for_site:
        check_site(request, settings)
    return principal
