"""Hands a session that a sign-in opened to whoever signed in."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api.accounts import sessions
from api.accounts.sessions import Tokens
from api.http.cookies import set_cookies
from api.http.credentials import credentials_naming_sessions
from api.http.requests import Call


async def hand_over(
    response: HTTPResponse, request: Request, call: Call, tokens: Tokens
) -> HTTPResponse:
    """Put the tokens into the response's cookies, and end the former session.

    The former session is what the request's own tokens name (OWASP ASVS 7.2.4). A page of another
    site can make a browser sign in, but ends nothing by its cookies.
    """
    settings = call.services.settings
    request.ctx.user_id = tokens.user_id
    named = credentials_naming_sessions(request, settings)
    await sessions.end_named(
        call.services, call.context, credentials=named, reason="signed_in_anew"
    )
    set_cookies(response, tokens, settings)
    return response
