"""The credential of a request, and the principal that it stands for."""

from __future__ import annotations

from typing import Literal, NamedTuple

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

_KEY_MARK = "evr_"


class Credential(NamedTuple):
    """A credential as it was shown; a tuple, which is made on every checked request."""

    kind: Literal["token", "api_key"]
    text: str
    is_cookie: bool = False

    def __repr__(self) -> str:
        return f"Credential(kind={self.kind!r}, is_cookie={self.is_cookie})"

    @property
    def has_form_of_kind(self) -> bool:
        """Whether the text may be one of its kind: API keys, and they alone, begin with `evr_`."""
        return self.text.startswith(_KEY_MARK) is (self.kind == "api_key")


def credential_of(request: Request) -> Credential | None:
    """The first credential in the contract's order; a header of another scheme falls through.

    Raises:
        AccessCookiesDiffer: none is in a header, and two cookies are that differ.
    """
    header = request.headers.get("authorization")
    credential = _parsed(header) if header else None
    if credential is not None:
        return credential
    cookie = shown(request, ACCESS)
    return Credential("token", cookie, is_cookie=True) if cookie else None


def _parsed(header: str) -> Credential | None:
    """The credential in a header `Authorization`."""
    header = header.strip()
    scheme, _, text = header.partition(" ")
    scheme, text = scheme.lower(), text.strip()
    if scheme == "bearer":
        return Credential("api_key" if text.startswith(_KEY_MARK) else "token", text)
    if scheme == "apikey":
        return Credential("api_key", text)
    if header.startswith(_KEY_MARK):
        return Credential("api_key", header)
    return None


def credentials_naming_sessions(request: Request, settings: Settings) -> list[str]:
    """Every token in the headers that may name a session; cookies only from this site's pages."""
    credential = _parsed(request.headers.get("authorization", ""))
    named = [credential.text] if credential is not None else []
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
    if credential.kind == "api_key":
        return await authenticator.by_api_key(credential.text, context, is_use=is_use)
    principal = await authenticator.by_access_token(credential.text, context)
    if credential.is_cookie and is_checked_for_site:
        check_site(request, settings)
    return principal
