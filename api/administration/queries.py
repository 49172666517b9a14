"""Operators' pages of users, sessions, keys and audit events, and single rows.

The caller must have checked that the request is an operator's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from api.errors import (
    ApiKeyNotFound,
    AuditEventNotFound,
    FieldError,
    Invalid,
    Refusal,
    SessionNotFound,
    UserNotFound,
)
from models.lists import api_keys, audit_events, sessions, users
from models.lists.api_keys import Ages, KeyFilters, KeyRow
from models.lists.audit_events import EventFilters, EventRow
from models.lists.budget import Budget
from models.lists.cursors import CursorRejected
from models.lists.experience import Experience
from models.lists.page_request import PageRequest
from models.lists.pages import Page, one_row, page_of
from models.lists.query import Query, Shape, Sort
from models.lists.sessions import SessionFilters, SessionRow
from models.lists.users import UserFilters, UserRow

F = TypeVar("F")
R = TypeVar("R")
DEFAULT_LIMIT, MAX_LIMIT = 50, 200
BUDGET, EXPERIENCE = Budget(), Experience()


def page_request(
    filters: F,
    sorts: Mapping[str, Sort],
    *,
    sort: str,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> PageRequest[F]:
    """The request for a page of the list with these sorts.

    `sort` is a name of `sorts`, with `-` in front for descending.

    Raises:
        Invalid: the sort is unknown, or the cursor is not of this list, sort and filters.
    """
    column = sorts.get(sort.removeprefix("-"))
    if column is None:
        names = ", ".join(sorts)
        raise Invalid(FieldError("sort", f"sort: One of {names}; with - in front for descending"))
    request = PageRequest(
        filters,
        column,
        sort.startswith("-"),
        limit,
        budget=BUDGET,
        experience=EXPERIENCE,
    )
    with _refusing_cursors():
        return request if cursor is None else request.at(cursor)


async def page_of_users(request: PageRequest[UserFilters], now: datetime) -> Page[UserRow]:
    """One page of users; raises `Invalid` when the cursor does not fit."""
    return await _page_of(users.query(request), users.shape(now), request, users.read)


async def first_users(request: PageRequest[UserFilters], now: datetime) -> tuple[UserRow, ...]:
    """The first `limit` users, or all of fewer, read in as many pages as needed."""
    found: list[UserRow] = []
    while len(found) < request.limit:
        page = await page_of_users(request, now)
        found += page.data
        if page.next_cursor is None:
            break
        request = request.at(page.next_cursor)
    return tuple(found[: request.limit])


async def page_of_sessions(request: PageRequest[SessionFilters], now: datetime) -> Page[SessionRow]:
    """One page of sessions; raises `Invalid` when the cursor does not fit."""
    return await _page_of(sessions.query(request, now), sessions.shape(), request, sessions.read)


async def page_of_keys(request: PageRequest[KeyFilters], now: datetime) -> Page[KeyRow]:
    """One page of keys with their status at `now`; raises `Invalid` when the cursor does not fit."""
    ages = Ages.at(now, request.filters.stale_days)
    query, shape = api_keys.query(request, now), api_keys.shape()
    return await _page_of(query, shape, request, lambda row: api_keys.read(row, ages))


async def page_of_events(request: PageRequest[EventFilters]) -> Page[EventRow]:
    """One page of audit events; raises `Invalid` when the cursor does not fit."""
    query, shape = audit_events.query(request), audit_events.shape()
    return await _page_of(query, shape, request, audit_events.read)


async def user(user_id: UUID, now: datetime) -> UserRow:
    """One user's row; raises `UserNotFound`."""
    row = await one_row("users", user_id, users.shape(now))
    return _found(row, users.read, UserNotFound)


async def session(session_id: UUID) -> SessionRow:
    """One session's row; raises `SessionNotFound`."""
    row = await one_row("refresh_tokens", session_id, sessions.shape())
    return _found(row, sessions.read, SessionNotFound)


async def api_key(key_id: UUID, ages: Ages) -> KeyRow:
    """One key's row; raises `ApiKeyNotFound`."""
    row = await one_row("api_keys", key_id, api_keys.shape())
    return _found(row, lambda found: api_keys.read(found, ages), ApiKeyNotFound)


async def audit_event(event_id: UUID) -> EventRow:
    """One event's row; raises `AuditEventNotFound`."""
    row = await one_row("audit_events", event_id, audit_events.shape())
    return _found(row, audit_events.read, AuditEventNotFound)


def _found(
    row: dict[str, Any] | None, read: Callable[[dict[str, Any]], R | None], missing: type[Refusal]
) -> R:
    found = read(row) if row else None
    if found is None:
        raise missing
    return found


async def _page_of(
    query: Query,
    shape: Shape,
    request: PageRequest[Any],
    read: Callable[[dict[str, Any]], R | None],
) -> Page[R]:
    with _refusing_cursors():
        return await page_of(query, shape, request, read)


@contextmanager
def _refusing_cursors() -> Iterator[None]:
    try:
        yield
    except CursorRejected:
        raise Invalid(
            FieldError(
                "cursor",
                "cursor: Not one that this list gave for this sort and these filters; "
                "ask without it to begin anew",
            )
        ) from None
