"""Ends the session over which somebody signs in anew (OWASP ASVS 7.2.4)."""

from __future__ import annotations

from sanic import Request

from api.accounts import sessions
from api.http.credentials import credentials_naming_sessions
from api.http.requests import Call


async def end_former_session(request: Request, call: Call) -> None:
    """To be called once a sign-in has succeeded: end what the request's own tokens name.

    A page of another site can make a browser sign in, but ends nothing by its cookies.
    """
    named = credentials_naming_sessions(request, call.services.settings)
    await sessions.end_named(
        call.services, call.context, credentials=named, reason="signed_in_anew"
    )
