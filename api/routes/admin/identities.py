"""A user's identities at providers, for operators: list, unlink."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.accounts import identities
from api.http.permissions import READ, REFUSALS, WRITE
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply, reply_nothing
from api.http.route_table import Route
from api.routes.account.schemas import Identity
from api.routes.admin import schemas


async def list_user_identities(request: Request, call: SignedInCall, user_id: str) -> HTTPResponse:
    """200 with all identities of a user, oldest first, in the form of a page."""
    rows = await identities.identities_of(id_in_path(user_id, errors.UserNotFound))
    return reply(
        schemas.IdentityPage(
            data=[Identity.model_validate(row) for row in rows],
            next_cursor=None,
            previous_cursor=None,
        )
    )


async def unlink_user_identity(
    request: Request, call: SignedInCall, user_id: str, provider: str
) -> HTTPResponse:
    """204 once the identity is deleted; `LastWayIn` if the user had no other way to sign in."""
    await identities.unlink(
        call.services.settings,
        id_in_path(user_id, errors.UserNotFound),
        provider,
        call.context,
        actor_id=call.principal.user_id,
    )
    return reply_nothing()


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/users/{user_id}/identities",
        list_user_identities,
        "A user's accounts at providers, oldest first",
        guard=READ,
        answers={200: schemas.IdentityPage},
        refusals=(*REFUSALS, errors.UserNotFound),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/users/{user_id}/identities/{provider}",
        unlink_user_identity,
        "Unlink a user's account at a provider, unless it is the only way in",
        guard=WRITE,
        answers={204: None},
        refusals=(
            *REFUSALS,
            errors.UserNotFound,
            errors.IdentityNotFound,
            errors.LastWayIn,
        ),
    ),
)
