"""The audit trail, for operators: list and look at."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import errors
from api.administration import queries
from api.audit import Action
from api.errors import AuditEventNotFound
from api.http.permissions import READ, REFUSALS
from api.http.requests import SignedInCall, id_in_path
from api.http.responses import reply
from api.http.route_table import Parameter, Route
from api.routes.admin import schemas
from api.routes.admin.list_parameters import ListQuery, parameters
from models.lists.audit_events import SORTS, EventFilters

DEFAULT_SORT = "-at"
OUTCOMES = ("success", "failure")
ACTIONS = tuple(action.value for action in Action)
_ID = {"type": "string", "format": "uuid"}
_TIME = {"type": "string", "format": "date-time"}
LISTED = parameters(
    SORTS,
    DEFAULT_SORT,
    {
        "action": Parameter("What happened", {"type": "string", "enum": list(ACTIONS)}),
        "actor_id": Parameter("Who did it", _ID),
        "user_id": Parameter("Whom it concerns", _ID),
        "outcome": Parameter("How it ended", {"type": "string", "enum": list(OUTCOMES)}),
        "since": Parameter("From this time on", _TIME),
        "until": Parameter("Before this time", _TIME),
    },
)


async def list_audit_events(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with one page of audit events, newest first by default; `since` is inclusive."""
    query = ListQuery(request, LISTED)
    filters = EventFilters(
        action=query.one_of("action", *ACTIONS),
        actor_id=query.row_id("actor_id"),
        user_id=query.row_id("user_id"),
        outcome=query.one_of("outcome", *OUTCOMES),
        since=query.moment("since"),
        until=query.moment("until"),
    )
    page = await queries.page_of_events(query.page_request(filters, SORTS, DEFAULT_SORT))
    return reply(schemas.AuditEventPage.model_validate(page))


async def show_audit_event(request: Request, call: SignedInCall, event_id: str) -> HTTPResponse:
    """200 with one audit event."""
    row = await queries.audit_event(id_in_path(event_id, AuditEventNotFound))
    return reply(schemas.AuditEventRow.model_validate(row))


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/audit-events",
        list_audit_events,
        "What happened, newest first",
        guard=READ,
        query=LISTED,
        answers={200: schemas.AuditEventPage},
        refusals=(*REFUSALS, errors.Invalid),
    ),
    Route(
        ("GET",),
        "/v1/admin/audit-events/{event_id}",
        show_audit_event,
        "One event",
        guard=READ,
        answers={200: schemas.AuditEventRow},
        refusals=(*REFUSALS, AuditEventNotFound),
    ),
)
