"""The operators' stream: what happens, as it happens, as server-sent events (WHATWG HTML §9.2).

Whether the listener still may listen is asked twice a second, and before anything is told.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import structlog
from pydantic import BaseModel, ValidationError
from sanic import Request

from api import errors
from api.identity.feed import Event, Listener, ListenerEnded
from api.routes import schemas
from api.routes.call import SignedInCall, occasion_of
from api.routes.guard import operator, principal_of
from api.routes.table import Route
from models.database import TROUBLES

RECHECK_SECONDS = 0.5
COMMENT_SECONDS = 15.0
LAST_EVENT_ID = "last-event-id"

# What a kind's items look like; those that are not here have nothing to say but their kind.
_SCHEMAS: dict[str, type[BaseModel]] = {
    "key_used": schemas.KeyUsed,
    "key_created": schemas.OwnedThing,
    "key_changed": schemas.OwnedThing,
    "key_revoked": schemas.OwnedThing,
    "session_opened": schemas.OwnedThing,
    "session_ended": schemas.OwnedThing,
    "user_changed": schemas.UserChanged,
    "audit": schemas.AuditEvent,
}

_may_listen = operator("admin:read")

log = structlog.get_logger("everruns_auth.stream")


async def stream(request: Request, call: SignedInCall) -> None:
    after = request.headers.get(LAST_EVENT_ID)
    async with call.services.feed.listening(after) as (listener, missed):
        response = await request.respond(
            content_type="text/event-stream",
            # Proxies that gather an answer before they send it would hold every event back.
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        if request.method != "HEAD":
            await response.send(_written(missed))
            async for text in _told(request, call, listener):
                await response.send(text)
        await response.eof()


async def _told(request: Request, call: SignedInCall, listener: Listener) -> AsyncIterator[str]:
    """What happens, until the listener may not listen any more, or the server stops."""
    spoke_at = monotonic()
    while True:
        try:
            events = await listener.next(RECHECK_SECONDS)
        except ListenerEnded:
            return
        if not await _still_may_listen(request, call):
            return
        text = _written(events)
        if not text and monotonic() - spoke_at >= COMMENT_SECONDS:
            # With the place, so that a quiet hour does not make it too old to go on from.
            text = f": still here\nid: {listener.place}\n\n"
        if text:
            spoke_at = monotonic()
            yield text


async def _still_may_listen(request: Request, call: SignedInCall) -> bool:
    try:
        _may_listen(
            await principal_of(
                request,
                call.services,
                occasion_of(request),
                is_checked_for_site=False,
                is_use=False,
            )
        )
    except errors.Refusal:
        return False
    except TROUBLES:
        # Nobody can say so now; whoever may will come back.
        return False
    return True


def _written(events: list[Event]) -> str:
    return "".join(
        f"id: {event.place}\nevent: {event.kind}\ndata: {data}\n\n"
        for event in events
        if (data := _data(event)) is not None
    )


def _data(event: Event) -> str | None:
    """The event's JSON; None where a row written by hand cannot be told."""
    schema = _SCHEMAS.get(event.kind)
    if schema is None:
        return "{}"
    try:
        return schema.model_validate(event.item).model_dump_json()
    except ValidationError as error:
        log.warning("an event is left out", kind=event.kind, fields=_fields(error))
        return None


def _fields(error: ValidationError) -> list[Any]:
    return [problem["loc"] for problem in error.errors(include_input=False)]


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/stream",
        stream,
        "What happens to users, sessions and keys, as server-sent events; Last-Event-ID resumes",
        guard=_may_listen,
        answers={200: None},
        refusals=(errors.AdminRequired, errors.ScopeRequired),
    ),
)
