"""Request to principal: where a credential is looked for, and who may call what."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sanic import Request

from api.authentication.principal import Principal
from api.errors import (
    AuthenticationRequired,
)
from api.http.browser_rules import check_site, is_own_page
from api.http.cookies import ACCESS, REFRESH, all_shown, plain, shown
from api.request_context import RequestContext
from api.services import Services
from api.settings import Settings

_KEY_MARK = "evr_"


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential as it was shown."""

    kind: Literal["token", "api_key"]
    text: str = field(repr=False)
    is_cookie: bool = False


def credential_of(request: Request) -> Credential | None:
    """The first credential in the contract's order; a header of another scheme falls through.

    Raises:
        AccessCookiesDiffer: none is in a header, and two cookies are that differ.
    """
    credential = header_credential_of(request)
    if credential is not None:
        return credential
    cookie = shown(request, ACCESS)
    return Credential("token", cookie, is_cookie=True) if cookie else None


def header_credential_of(request: Request) -> Credential | None:
    """The credential in the header `Authorization`."""
    header = request.headers.get("authorization", "").strip()
    scheme, _, rest = header.partition(" ")
    text = rest.strip()
    if scheme.lower() == "bearer":
        return Credential("api_key" if text.startswith(_KEY_MARK) else "token", text)
    if scheme.lower() == "apikey":
        return Credential("api_key", text)
    if header.startswith(_KEY_MARK):
        return Credential("api_key", header)
    return None


def credentials_naming_sessions(request: Request, settings: Settings) -> list[str]:
    """Whatever in the headers may name a session; cookies only where no other site's page asks."""
    credential = header_credential_of(request)
    named = [credential.text] if credential is not None else []
    if is_own_page(request, settings):
        named += [text for name in (ACCESS, REFRESH) for text in all_shown(request, name)]
    return named


def shown_text(request: Request) -> str | None:
    """The text of the credential that `credential_of` would find, on the shortest way.

    None also where its form does not fit its header: that is for the long way to refuse.
    """
    header: str | None = request.headers.get("authorization")
    if header is None:
        lines = request.headers.getall("cookie", ())
        cookie = plain(lines[0], ACCESS) if len(lines) == 1 else None
        return None if cookie is None or cookie.startswith(_KEY_MARK) else cookie
    if header.startswith("Bearer "):
        return header[7:]
    if header.startswith("ApiKey evr_"):
        return header[7:]
    return header if header.startswith(_KEY_MARK) else None


async def principal_of(
    request: Request,
    services: Services,
    context: RequestContext,
    *,
    is_checked_for_site: bool = True,
    is_use: bool = True,
) -> Principal:
    """Who is asking; or, where it is no use, whether the one who asked still may.

    Raises:
        AuthenticationRequired: no credential was shown.
        Unauthenticated: the one that was shown does not hold; its subclass says why.
        CrossSiteWrite: another site's page made the browser send its cookie with a write.
    """
    if services.settings.mode == "none":
        return await services.authenticator.anonymous(context)
    credential = credential_of(request)
    if credential is None:
        raise AuthenticationRequired
    if credential.kind == "api_key":
        return await services.authenticator.by_api_key(credential.text, context, is_use=is_use)
    principal = await services.authenticator.by_access_token(credential.text, context)
    if credential.is_cookie and is_checked_for_site:
        check_site(request, services.settings)
    return principal
