"""API keys of everybody, for operators: list, look at, revoke one and many."""

from __future__ import annotations

from typing import cast, get_args
from uuid import UUID

from sanic import HTTPResponse, Request

from api import errors
from api.administration import api_keys, queries
from api.errors import ApiKeyNotFound, FieldError, Invalid
from api.http import body
from api.http.permissions import READ, REFUSALS, WRITE, actor_of
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply, reply_nothing
from api.http.route_table import Body, Parameter, Route
from api.routes.admin import schemas
from api.routes.admin.list_parameters import ListQuery, Q, parameters
from models.lists.api_keys import SORTS, STALE_DAYS, Ages, KeyFilters, KeyStatus

DEFAULT_SORT = "-last_used_at"
STATUSES = get_args(KeyStatus)
MAX_STALE_DAYS = 36_500
STALE = Parameter(
    "After how many days without use an unexpired key is `stale`",
    {"type": "integer", "minimum": 1, "maximum": MAX_STALE_DAYS, "default": STALE_DAYS},
)
LISTED = parameters(
    SORTS,
    DEFAULT_SORT,
    {
        "q": Parameter(f"Part of the name, the prefix, or the owner's e-mail or name; {Q}"),
        "owner": Parameter(f"Part of the owner's e-mail or name; {Q}"),
        "user_id": Parameter("The owner's id", {"type": "string", "format": "uuid"}),
        "status": Parameter(
            "Each key has one: `expired`, else `never_used`, else `stale`, else `live`",
            {"type": "string", "enum": list(STATUSES)},
        ),
        "stale_days": STALE,
    },
)
SINGLE = {"stale_days": STALE}


async def list_all_keys(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with one page of all keys, those used last first by default."""
    query = ListQuery(request, LISTED)
    filters = KeyFilters(
        q=query.search(),
        owner=query.search("owner"),
        user_id=query.row_id("user_id"),
        status=cast(KeyStatus | None, query.one_of("status", *STATUSES)),
        stale_days=_stale_days(query),
    )
    wanted = query.page_request(filters, SORTS, DEFAULT_SORT)
    page = await queries.page_of_keys(wanted, call.context.now)
    return reply(schemas.KeyPage.model_validate(page))


async def show_key(request: Request, call: SignedInCall, key_id: str) -> HTTPResponse:
    """200 with one key and its status; `stale_days` as in the list."""
    ages = Ages.at(call.context.now, _stale_days(ListQuery(request, SINGLE)))
    row = await queries.api_key(id_in_path(key_id, ApiKeyNotFound), ages)
    return reply(schemas.KeyRow.model_validate(row))


async def revoke_any_key(request: Request, call: SignedInCall, key_id: str) -> HTTPResponse:
    """204 once the key is deleted, whoever owns it."""
    key = await api_keys.key_by_id(id_in_path(key_id, ApiKeyNotFound))
    await api_keys.revoke_key(key, actor_of(call), call.context)
    return reply_nothing()


async def revoke_keys(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the number of deleted keys and the ids that did not exist; one transaction."""
    sent = body.read(request, schemas.RevokeKeysRequest)
    ids = tuple(dict.fromkeys(_ids(sent.ids)))
    missing = await api_keys.revoke_keys(ids, actor_of(call), call.context)
    revoked = len(ids) - len(missing)
    return reply(schemas.KeysRevoked(revoked=revoked, missing=list(missing)))


def _stale_days(query: ListQuery) -> int:
    return query.whole("stale_days", 1, MAX_STALE_DAYS, STALE_DAYS)


def _ids(texts: list[str]) -> list[UUID]:
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Invalid(FieldError("ids", "ids: Each must be the id of a key")) from None


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/api-keys",
        list_all_keys,
        "API keys of everybody",
        guard=READ,
        query=LISTED,
        answers={200: schemas.KeyPage},
        refusals=(*REFUSALS, errors.Invalid),
    ),
    Route(
        ("GET",),
        "/v1/admin/api-keys/{key_id}",
        show_key,
        "One API key",
        guard=READ,
        query=SINGLE,
        answers={200: schemas.KeyRow},
        refusals=(*REFUSALS, ApiKeyNotFound, errors.Invalid),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/api-keys/{key_id}",
        revoke_any_key,
        "Revoke an API key of anybody",
        guard=WRITE,
        answers={204: None},
        refusals=(*REFUSALS, ApiKeyNotFound),
    ),
    Route(
        ("POST",),
        "/v1/admin/api-keys/revoke",
        revoke_keys,
        "Revoke up to 500 API keys, all in one transaction",
        guard=WRITE,
        body=Body(schemas.RevokeKeysRequest),
        answers={200: schemas.KeysRevoked},
        refusals=(*REFUSALS, errors.Invalid),
    ),
)
