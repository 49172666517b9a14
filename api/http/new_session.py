"""Hands the tokens of a new session to the client."""

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
    """Sets the cookies of a new session, and ends the session that the request's tokens name.

    The former session ends as OWASP ASVS 7.2.4 asks. A page of another site can make a browser sign
    in, but ends no session by its cookies.
    """
    settings = call.services.settings
    request.ctx.user_id = tokens.user_id
    named = credentials_naming_sessions(request, settings)
    await sessions.end_named(
        call.services.tokens, call.context, credentials=named, reason="signed_in_anew"
    )
    set_cookies(response, tokens, settings)
    return response
