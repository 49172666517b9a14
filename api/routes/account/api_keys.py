"""A user's own API keys: list, create, revoke."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.accounts import api_keys
from api.http import body
from api.http.permissions import anyone
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply, reply_list, reply_nothing
from api.http.route_table import ArrayOf, Body, Route
from api.routes.account import schemas
from models import ApiKey


async def list_keys(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the caller's own keys, newest first and unpaged; keys need the scope `keys:read`."""
    return reply_list([_row(key) for key in await api_keys.keys_of(call.principal)])


async def create_key(request: Request, call: SignedInCall) -> HTTPResponse:
    """201 with the new key; its whole text is in this answer and nowhere else."""
    sent = body.read(request, schemas.ApiKeyRequest)
    wish = api_keys.KeyRequest(
        name=sent.name, scopes=tuple(sent.scopes), expires_in_days=sent.expires_in_days
    )
    made = await api_keys.create(call.principal, wish, call.context)
    return reply(
        schemas.NewApiKey(
            id=made.row.id,
            name=made.row.name,
            key=made.key,
            key_prefix=made.row.key_prefix,
            scopes=made.row.scopes,
            expires_at=made.row.expires_at,
            created_at=made.row.created_at,
        ),
        201,
    )


async def revoke_key(request: Request, call: SignedInCall, key_id: str) -> HTTPResponse:
    """204 once the key is deleted; another user's key is `ApiKeyNotFound`, as a missing one is."""
    await api_keys.revoke(call.principal, id_in_path(key_id, errors.ApiKeyNotFound), call.context)
    return reply_nothing()


def _row(key: ApiKey) -> schemas.ApiKeyRow:
    return schemas.ApiKeyRow(
        id=key.id,
        name=key.name,
        key_prefix=key.key_prefix,
        scopes=[scope for scope in key.scopes if isinstance(scope, str)],
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        created_at=key.created_at,
    )


# The verbs ask for the scopes: they differ by what is done, not by the path.
ROUTES = (
    Route(
        ("GET",),
        "/v1/auth/api-keys",
        list_keys,
        "One's own API keys, newest first",
        guard=anyone,
        answers={200: ArrayOf(schemas.ApiKeyRow)},
        refusals=(errors.ScopeRequired,),
    ),
    Route(
        ("POST",),
        "/v1/auth/api-keys",
        create_key,
        "Make an API key; the key is shown only in this answer",
        guard=anyone,
        body=Body(schemas.ApiKeyRequest),
        answers={201: schemas.NewApiKey},
        refusals=(errors.SessionRequired, errors.Invalid),
    ),
    Route(
        ("DELETE",),
        "/v1/auth/api-keys/{key_id}",
        revoke_key,
        "Revoke one of one's own API keys",
        guard=anyone,
        answers={204: None},
        refusals=(errors.ScopeRequired, errors.ApiKeyNotFound),
    ),
)
