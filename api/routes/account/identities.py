"""A user's own identities at providers: list, unlink."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.accounts import identities
from api.http.permissions import session_only
from api.http.requests import SignedInCall
from api.http.responses import reply_list, reply_nothing
from api.http.route_table import ArrayOf, Route
from api.routes.account import schemas


async def list_identities(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the caller's own identities, oldest first and unpaged."""
    rows = await identities.identities_of(call.principal.user_id)
    return reply_list([schemas.Identity.model_validate(row) for row in rows])


async def unlink_identity(request: Request, call: SignedInCall, provider: str) -> HTTPResponse:
    """204 once the identity is deleted; `LastWayIn` if no other way to sign in is left."""
    user_id = call.principal.user_id
    await identities.unlink(
        call.services.settings, user_id, provider, call.context, actor_id=user_id
    )
    return reply_nothing()


ROUTES = (
    Route(
        ("GET",),
        "/v1/auth/identities",
        list_identities,
        "One's own accounts at providers, oldest first",
        guard=session_only,
        answers={200: ArrayOf(schemas.Identity)},
        refusals=(errors.SessionRequired, errors.UserNotFound),
    ),
    Route(
        ("DELETE",),
        "/v1/auth/identities/{provider}",
        unlink_identity,
        "Unlink one's own account at a provider, unless it is the only way in",
        guard=session_only,
        answers={204: None},
        refusals=(
            errors.SessionRequired,
            errors.UserNotFound,
            errors.IdentityNotFound,
            errors.LastWayIn,
        ),
    ),
)
