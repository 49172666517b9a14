"""Sessions of everybody, for operators: list, look at, end."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sanic import HTTPResponse, Request

from api import errors
from api.administration import queries, sessions
from api.errors import SessionNotFound
from api.http.permissions import READ, REFUSALS, WRITE, actor_of
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply, reply_nothing
from api.http.route_table import Parameter, Route
from api.routes.admin import schemas
from api.routes.admin.list_parameters import ListQuery, Q, parameters
from models.lists.page_request import PageRequest
from models.lists.sessions import SORTS, SessionFilters, SessionStatus

DEFAULT_SORT = "-created_at"
STATUSES = ("live", "expired", "all")
LISTED = parameters(
    SORTS,
    DEFAULT_SORT,
    {
        "q": Parameter(f"Part of the owner's e-mail or name; {Q}"),
        "user_id": Parameter("The owner's id", {"type": "string", "format": "uuid"}),
        "status": Parameter(
            "Unexpired ones, those that expired and are not purged yet, or both",
            {"type": "string", "enum": list(STATUSES), "default": "live"},
        ),
    },
)
USER_SESSIONS = parameters(SORTS, DEFAULT_SORT, {})


async def list_all_sessions(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with one page of all sessions, newest first by default; live ones unless asked."""
    query = ListQuery(request, LISTED)
    filters = SessionFilters(
        q=query.search(),
        user_id=query.row_id("user_id"),
        status=cast(SessionStatus, query.one_of("status", *STATUSES) or "live"),
    )
    wanted = query.page_request(filters, SORTS, DEFAULT_SORT)
    page = await queries.page_of_sessions(wanted, call.context.now)
    return reply(schemas.SessionPage.model_validate(page))


def user_sessions(query: ListQuery, user_id: UUID) -> PageRequest[SessionFilters]:
    """The request for a page of one user's live sessions; `query` knows `USER_SESSIONS`."""
    return query.page_request(SessionFilters(user_id=user_id), SORTS, DEFAULT_SORT)


async def show_session(request: Request, call: SignedInCall, session_id: str) -> HTTPResponse:
    """200 with one session, expired ones included."""
    row = await queries.session(id_in_path(session_id, SessionNotFound))
    return reply(schemas.SessionRow.model_validate(row))


async def end_any_session(request: Request, call: SignedInCall, session_id: str) -> HTTPResponse:
    """204 once the session has ended, whoever owns it."""
    named = id_in_path(session_id, SessionNotFound)
    await sessions.end_session(named, actor_of(call), call.context)
    return reply_nothing()


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/sessions",
        list_all_sessions,
        "Sessions of everybody",
        guard=READ,
        query=LISTED,
        answers={200: schemas.SessionPage},
        refusals=(*REFUSALS, errors.Invalid),
    ),
    Route(
        ("GET",),
        "/v1/admin/sessions/{session_id}",
        show_session,
        "One session",
        guard=READ,
        answers={200: schemas.SessionRow},
        refusals=(*REFUSALS, SessionNotFound),
    ),
    Route(
        ("DELETE",),
        "/v1/admin/sessions/{session_id}",
        end_any_session,
        "End one session of anybody",
        guard=WRITE,
        answers={204: None},
        refusals=(*REFUSALS, SessionNotFound),
    ),
)
