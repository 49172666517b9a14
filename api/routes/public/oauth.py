"""Redirects a browser to a provider, and receives its callback; every answer is a redirect.

`api.federation` decides which account it is.
"""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.federation import sign_in
from api.federation.failures import SignInFailed
from api.federation.providers import provider_named
from api.federation.sign_in import Returned
from api.http.authorization_cookies import hand_out, make_room, sealed_for, take_back
from api.http.browser_rules import check_navigation
from api.http.new_session import hand_over
from api.http.redirects import fit_target, lead_to
from api.http.requests import Call
from api.http.route_table import Audience, Route
from api.settings import Settings


async def oauth_start(request: Request, call: Call, provider: str) -> HTTPResponse:
    """303 to the authorization page of the provider, with the cookie of the request."""
    check_navigation(request)
    settings = call.services.settings
    row = provider_named(settings, provider)
    target = fit_target(request.args.get("redirect_to"), settings)
    try:
        departure = await sign_in.begin(call.services, row, target, call.context)
    except SignInFailed as failed:
        return _lead_to_failure(failed, settings)
    response = lead_to(departure.url)
    make_room(response, request, call.services.authorization_requests, settings, call.context.now)
    hand_out(response, departure.attempt, settings)
    return response


async def oauth_callback(request: Request, call: Call, provider: str) -> HTTPResponse:
    """303 to the page that the browser wanted, signed in, or to `/login?error=…`."""
    check_navigation(request)
    settings = call.services.settings
    row = provider_named(settings, provider)
    returned = _returned(request, settings)
    try:
        arrival = await sign_in.complete(call.services, row, returned, call.context)
    except SignInFailed as failed:
        response = _lead_to_failure(failed, settings)
    else:
        # Checked again: the allowed targets may have changed since the cookie was sealed.
        target = fit_target(arrival.redirect_to, settings)
        response = lead_to(target or settings.login_redirect_url)
        await hand_over(response, request, call, arrival.tokens)
    take_back(response, request, returned.state, settings)
    return response


def _returned(request: Request, settings: Settings) -> Returned:
    """The callback's query; a parameter given twice is ignored (RFC 6749 §3.1)."""
    once = {name: values[0] for name, values in request.args.items() if len(values) == 1}
    state = once.get("state", "")
    return Returned(
        state=state,
        code=once.get("code", ""),
        error=once.get("error", ""),
        error_description=once.get("error_description", ""),
        issuer=once.get("iss"),
        sealed=sealed_for(request, state, settings),
    )


def _lead_to_failure(failed: SignInFailed, settings: Settings) -> HTTPResponse:
    return lead_to(f"{settings.origin}/login?error={failed.code}")


_REFUSALS = (errors.EmbeddedSignIn, errors.UnknownOAuthProvider, errors.OAuthNotConfigured)

ROUTES = (
    Route(
        ("GET",),
        "/v1/auth/oauth/{provider}",
        oauth_start,
        "Lead the browser to a provider",
        query={"redirect_to": "Where to go afterwards; ignored where that is not allowed"},
        answers={303: None},
        refusals=_REFUSALS,
        audience=Audience.BROWSER,
    ),
    Route(
        ("GET",),
        "/v1/auth/callback/{provider}",
        oauth_callback,
        "Receive the browser back, sign it in, and lead it on",
        query={
            "code": "What the provider gives for an access token",
            "state": "What this server sent along",
            "error": "Why the provider gives no code",
            "error_description": "The same in words, for the log",
            "iss": "Which provider it is (RFC 9207)",
        },
        answers={303: None},
        refusals=(
            *_REFUSALS,
            errors.Throttled,
            errors.Overloaded,
            errors.DatabaseUnavailable,
        ),
        audience=Audience.BROWSER,
        effect="write",
    ),
)
