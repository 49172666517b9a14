"""The operators' stream: events as they happen, as server-sent events (WHATWG HTML §9.2).

The listener's right is checked twice a second, and before any event is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from time import monotonic
from typing import cast

import structlog
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError
from sanic import HTTPResponse, Request
from sanic.exceptions import RequestCancelled

from api import errors
from api.administration.feed import Event, Listener, ListenerEnded
from api.http.credentials import principal_of
from api.http.permissions import READ, REFUSALS
from api.http.requests import SignedInCall, context_of
from api.http.route_table import MediaType, Route
from api.routes.admin import schemas
from models.trouble import is_trouble

RECHECK_SECONDS = 0.5
# Seconds of silence after which a comment is sent; the promise is 15 s, checked twice a second.
COMMENT_SECONDS = 14.0
# Seconds until a listener that does not read is cut off; it can resume, and a stop waits no longer.
SEND_SECONDS = 5.0
MEDIA_TYPE = "text/event-stream"
LAST_EVENT_ID = "last-event-id"
# Without the second one, proxies that buffer answers would hold every event back.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

# The schema of each kind's item; kinds that are missing here have none.
_SHAPES: dict[str, type[BaseModel]] = {
    "key_used": schemas.KeyUsed,
    "key_created": schemas.OwnedThing,
    "key_changed": schemas.OwnedThing,
    "key_revoked": schemas.OwnedThing,
    "session_opened": schemas.OwnedThing,
    "session_ended": schemas.OwnedThing,
    "user_changed": schemas.UserChanged,
    "audit": schemas.AuditEventRow,
}

log = structlog.get_logger("everruns_auth.stream")


async def stream(request: Request, call: SignedInCall) -> HTTPResponse | None:
    """200 with an endless stream of events; `Last-Event-ID` resumes after that event.

    It ends when the right of the listener ends, when they fall behind, or when the server stops.
    """
    if request.method == "HEAD":
        # Sanic's streaming response fails at the end of a HEAD.
        return HTTPResponse(content_type=MEDIA_TYPE, headers=_HEADERS)
    after = request.headers.get(LAST_EVENT_ID)
    async with call.services.feed.listening(after) as (listener, missed):
        # The right may have ended while the missed events were read.
        await _demand_the_right(request, call)
        response = await request.respond(content_type=MEDIA_TYPE, headers=_HEADERS)
        await _sent(request, response.send(_written(missed)))
        async for text in _told(request, call, listener):
            await _sent(request, response.send(text))
        await _sent(request, response.eof())
    return None


async def _sent(request: Request, sending: Awaitable[None]) -> None:
    """Awaits the sending; closes the connection if it takes over SEND_SECONDS."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            await sending
    except TimeoutError:
        cast(asyncio.Transport, request.transport).abort()
        raise RequestCancelled from None


async def _told(request: Request, call: SignedInCall, listener: Listener) -> AsyncIterator[str]:
    """The texts to send, until the right of the listener ends or the server stops."""
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
            # With the position, so that the listener can resume there after a quiet hour.
            text = f": still here\nid: {listener.position}\n\n"
        if text:
            spoke_at = monotonic()
            yield text


async def _demand_the_right(request: Request, call: SignedInCall) -> None:
    """Returns if the listener may listen at this moment.

    Raises:
        Refusal: the right has ended.
        what `trouble_of` knows: the database does not answer.
    """
    READ(
        await principal_of(
            request,
            call.services.settings,
            call.services.authenticator,
            context_of(request),
            is_checked_for_site=False,
            is_use=False,
        )
    )


async def _still_may_listen(request: Request, call: SignedInCall) -> bool:
    try:
        await _demand_the_right(request, call)
    except errors.Refusal:
        return False
    except Exception as error:
        if not is_trouble(error):
            raise
        # The right cannot be checked now; a client that has it reconnects.
        return False
    return True


def _written(events: list[Event]) -> str:
    return "".join(
        f"id: {event.position}\nevent: {event.kind}\ndata: {data}\n\n"
        for event in events
        if (data := _data(event)) is not None
    )


def _data(event: Event) -> str | None:
    """The event's JSON; None where the row was written by hand and does not fit the schema."""
    shape = _SHAPES.get(event.kind)
    if shape is None:
        return "{}"
    try:
        return shape.model_validate(event.item).model_dump_json()
    except (ValidationError, PydanticSerializationError) as error:
        # The type alone, because the message repeats values of the row.
        log.warning("an event is left out", kind=event.kind, trouble=type(error).__name__)
        return None


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/stream",
        stream,
        "What happens to users, sessions and keys, as server-sent events; Last-Event-ID resumes",
        guard=READ,
        answers={200: MediaType(MEDIA_TYPE)},
        headers={"Last-Event-ID": "The `id` of the last event that was heard: go on after it"},
        refusals=REFUSALS,
    ),
)
