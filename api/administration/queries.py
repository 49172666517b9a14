"""Owns what operators look at: pages of users, sessions, keys and audit events, and single rows.

It does not check that the caller is an operator: that is the caller's duty.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, NoReturn, TypeVar
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
from models.lists import api_keys, audit_events, cursors, sessions, users
from models.lists.api_keys import Ages, KeyFilters, KeyRow
from models.lists.audit_events import EventFilters, EventRow
from models.lists.pages import Wish, one_row, page_of
from models.lists.query import Query, Shape, Sort
from models.lists.sessions import SessionFilters, SessionRow
from models.lists.users import UserFilters, UserRow

R = TypeVar("R")
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of a list: at most `limit` rows beside a cursor, sorted by a field.

    `sort` begins with `-` for descending.
    """

    sort: str
    limit: int = 50
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Rows(Generic[R]):
    """Rows in their order, and the cursors beside them; None where nothing is left."""

    data: Sequence[R]
    next_cursor: str | None
    previous_cursor: str | None


async def page_of_users(asked: Asked, filters: UserFilters, now: datetime) -> Rows[UserRow]:
    """Raises `Invalid` when the sort or the cursor does not fit."""
    sort, is_descending = _sort(asked, users.SORTS)
    query = users.query(filters, sort, is_descending=is_descending)
    return await _rows(query, users.shape(now), _wish(asked, "users", filters), users.read)


async def first_users(asked: Asked, filters: UserFilters, now: datetime) -> tuple[UserRow, ...]:
    """As many users as are asked for, where there are as many, in however many pieces."""
    found: list[UserRow] = []
    while len(found) < asked.limit:
        page = await page_of_users(asked, filters, now)
        found += page.data
        if page.next_cursor is None:
            break
        asked = replace(asked, cursor=page.next_cursor)
    return tuple(found[: asked.limit])


async def page_of_sessions(
    asked: Asked, filters: SessionFilters, now: datetime
) -> Rows[SessionRow]:
    """Raises `Invalid` when the sort or the cursor does not fit."""
    sort, is_descending = _sort(asked, sessions.SORTS)
    query = sessions.query(filters, sort, now, is_descending=is_descending)
    return await _rows(query, sessions.shape(), _wish(asked, "sessions", filters), sessions.read)


async def page_of_keys(asked: Asked, filters: KeyFilters, ages: Ages) -> Rows[KeyRow]:
    """Raises `Invalid` when the sort or the cursor does not fit."""
    sort, is_descending = _sort(asked, api_keys.SORTS)
    query = api_keys.query(filters, sort, ages, is_descending=is_descending)
    wish = _wish(asked, "api_keys", (filters, ages.now - ages.stale_before))
    return await _rows(query, api_keys.shape(), wish, lambda row: api_keys.read(row, ages))


async def page_of_events(asked: Asked, filters: EventFilters) -> Rows[EventRow]:
    """Raises `Invalid` when the sort or the cursor does not fit."""
    sort, is_descending = _sort(asked, audit_events.SORTS)
    query = audit_events.query(filters, sort, is_descending=is_descending)
    wish = _wish(asked, "audit_events", filters)
    return await _rows(query, audit_events.shape(), wish, audit_events.read)


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


async def _rows(
    query: Query, shape: Shape, wish: Wish, read: Callable[[dict[str, Any]], R | None]
) -> Rows[R]:
    try:
        page = await page_of(query, shape, wish)
    except cursors.CursorRejected:
        _refuse_cursor()
    found = [row for row in map(read, page.rows) if row is not None]
    return Rows(found, page.next_cursor, page.previous_cursor)


def _sort(asked: Asked, known: Mapping[str, Sort]) -> tuple[Sort, bool]:
    sort = known.get(asked.sort.removeprefix("-"))
    if sort is None:
        names = ", ".join(known)
        raise Invalid(FieldError("sort", f"sort: One of {names}; with - in front for descending"))
    return sort, asked.sort.startswith("-")


def _wish(asked: Asked, name: str, filters: object) -> Wish:
    purpose = f"{name} {asked.sort} {filters!r}"
    if asked.cursor is None:
        return Wish(asked.limit, purpose)
    try:
        return Wish(asked.limit, purpose, cursors.read(asked.cursor, purpose))
    except cursors.CursorRejected:
        _refuse_cursor()


def _refuse_cursor() -> NoReturn:
    raise Invalid(
        FieldError(
            "cursor",
            "cursor: Not one that this list gave for this sort and these filters; "
            "ask without it to begin anew",
        )
    ) from None
