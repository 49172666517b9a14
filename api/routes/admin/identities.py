"""A user's identities at providers, for operators: list, unlink."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.identity.federation import identities
from api.routes import schemas
from api.routes.call import SignedInCall, id_in_path
from api.routes.guard import operator
from api.routes.identities import row_of
from api.routes.replies import reply, reply_nothing
from api.routes.table import Route


async def list_user_identities(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    rows = await identities.identities_of(id_in_path(user_id, errors.UserNotFound))
    return reply(schemas.IdentityPage(data=[row_of(row) for row in rows]))


async def unlink_user_identity(
    request: Request, call: SignedInCall, user_id: str, provider: str
) -> HTTPResponse:
    await identities.unlink(
        call.services.settings,
        id_in_path(user_id, errors.UserNotFound),
        provider,
        call.occasion,
        actor_id=call.principal.user_id,
    )
    return reply_nothing()


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/users/{user_id}/identities",
        list_user_identities,
        "A user's accounts at providers, oldest first",
        guard=operator("admin:read"),
        answers={200: schemas.IdentityPage},
        refusals=(errors.AdminRequired, errors.ScopeRequired, errors.UserNotFound),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/users/{user_id}/identities/{provider}",
        unlink_user_identity,
        "Unlink a user's account at a provider, unless it is the only way in",
        guard=operator("admin:write"),
        answers={204: None},
        refusals=(
            errors.AdminRequired,
            errors.ScopeRequired,
            errors.UserNotFound,
            errors.IdentityNotFound,
            errors.LastWayIn,
        ),
    ),
)
