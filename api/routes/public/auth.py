"""Signing in and out: configuration, registration, login, refresh, logout."""

from __future__ import annotations

from contextlib import suppress

from sanic import HTTPResponse, Request

from api import errors
from api.accounts import registration, sessions, sign_in
from api.accounts.sessions import Tokens
from api.http import body
from api.http.browser_rules import check_site, is_own_page
from api.http.cookies import REFRESH, clear_cookies, set_cookies, shown
from api.http.credentials import credentials_naming_sessions
from api.http.new_session import hand_over
from api.http.requests import Call
from api.http.responses import reply
from api.http.route_table import Audience, Body, Route
from api.http.schemas import Nothing
from api.routes.public import schemas


async def config(request: Request, call: Call) -> HTTPResponse:
    """200 with the mode and the ways to sign in, for login pages."""
    settings = call.services.settings
    return reply(
        schemas.AuthConfig(
            mode=settings.mode,
            password_auth_enabled=settings.password_auth_enabled,
            oauth_providers=list(settings.oauth_providers),
            signup_enabled=settings.signup_enabled,
        )
    )


async def register(request: Request, call: Call) -> HTTPResponse:
    """201 with the tokens of a new account, in the body and in cookies."""
    # Before the form is read: where registration is disabled, its errors are of no use.
    registration.check_registration_is_open(call.services.settings)
    sent = body.read(request, schemas.RegisterRequest)
    form = registration.Registration(email=sent.email, password=sent.password, name=sent.name)
    tokens = await registration.register(call.services, form, call.context)
    return await hand_over(_body_of(tokens, 201), request, call, tokens)


async def log_in(request: Request, call: Call) -> HTTPResponse:
    """200 with the tokens of a new session, in the body and in cookies."""
    sign_in.check_password_sign_in_is_open(call.services.settings)
    sent = body.read(request, schemas.LoginRequest)
    tokens = await sign_in.log_in(call.services, sent.email, sent.password, call.context)
    return await hand_over(_body_of(tokens), request, call, tokens)


async def refresh(request: Request, call: Call) -> HTTPResponse:
    """200 with new tokens for the refresh token of the body, else of the cookie.

    A page of another site may not use the cookie (`CrossSiteWrite`).
    """
    token = body.read_if_any(request, schemas.RefreshRequest).refresh_token
    if not token:
        token = shown(request, REFRESH)
        if token:
            check_site(request, call.services.settings)
    tokens = await sessions.rotate(call.services, token, call.context)
    request.ctx.user_id = tokens.user_id
    response = _body_of(tokens)
    set_cookies(response, tokens, call.services.settings)
    return response


async def log_out(request: Request, call: Call) -> HTTPResponse:
    """200 once every session ended that the cookies, the bearer token or the body name.

    Unknown and expired credentials are no error. Cookies are cleared for pages of this site alone.
    """
    settings = call.services.settings
    response = reply(Nothing())
    named = credentials_naming_sessions(request, settings)
    with suppress(errors.Refusal):  # A log out refuses nothing.
        named.append(body.read_if_any(request, schemas.RefreshRequest).refresh_token or "")
    if is_own_page(request, settings):
        clear_cookies(response, request, settings)
    await sessions.end_named(call.services.tokens, call.context, credentials=filter(None, named))
    return response


def _body_of(tokens: Tokens, status: int = 200) -> HTTPResponse:
    return reply(
        schemas.TokenBody(
            access_token=tokens.access_token,
            expires_in=tokens.expires_in,
            refresh_token=tokens.refresh_token,
        ),
        status,
    )


ROUTES = (
    Route(
        ("GET",),
        "/v1/auth/config",
        config,
        "How one may sign in here",
        answers={200: schemas.AuthConfig},
        # Every dashboard asks for it every few seconds, to see whether the server is there.
        logged="failures",
    ),
    Route(
        ("POST",),
        "/v1/auth/register",
        register,
        "Make an account and sign it in",
        body=Body(schemas.RegisterRequest),
        answers={201: schemas.TokenBody},
        refusals=(
            errors.RegistrationDisabled,
            errors.PasswordRegistrationDisabled,
            errors.EmailTaken,
            errors.Invalid,
            errors.Throttled,
            errors.Overloaded,
        ),
    ),
    Route(
        ("POST",),
        "/v1/auth/login",
        log_in,
        "Sign in with an address and a password",
        body=Body(schemas.LoginRequest),
        answers={200: schemas.TokenBody},
        refusals=(
            errors.InvalidCredentials,
            errors.PasswordSignInDisabled,
            errors.Invalid,
            errors.Throttled,
            errors.Overloaded,
        ),
    ),
    Route(
        ("POST",),
        "/v1/auth/refresh",
        refresh,
        "Exchange a refresh token (body or cookie) for its successor",
        body=Body(schemas.RefreshRequest, "optional"),
        answers={200: schemas.TokenBody},
        refusals=(
            errors.MissingRefreshToken,
            errors.InvalidRefreshToken,
            errors.RefreshTokenExpired,
            errors.CrossSiteWrite,
            errors.Throttled,
        ),
    ),
    Route(
        ("POST",),
        "/v1/auth/logout",
        log_out,
        "End every session that a cookie, the bearer token or the body names",
        body=Body(schemas.RefreshRequest, "lenient"),
        answers={200: Nothing},
        refusals=(errors.DatabaseUnavailable,),
        audience=Audience.BROWSER,
    ),
)
