"""The operators' list of sessions: its rows, filters and sorts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from models import database, lenient_parsing
from models.engines.dialect import Dialect
from models.lists.owners import owner_condition
from models.lists.page_request import PageRequest
from models.lists.query import CandidateQuery, CandidateSet, Query, Shape, Sort, TimeRange
from models.sql import Sql

SORTS = {
    "created_at": Sort("created_at", is_time=True),
    "last_used_at": Sort("last_used_at", is_time=True),
    "expires_at": Sort("expires_at", is_time=True),
}
SessionStatus = Literal["live", "expired", "all"]


@dataclass(frozen=True, slots=True)
class SessionFilters:
    """Which sessions; `q` is a part of the owner's e-mail or name."""

    q: str | None = None
    user_id: UUID | None = None
    status: SessionStatus = "live"


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as operators see one."""

    id: UUID
    user_id: UUID
    user_email: str
    created_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None
    ip_address: str | None
    user_agent: str | None


def query(request: PageRequest[SessionFilters], now: datetime) -> Query:
    """The query of the sessions that pass the filters, in the order of the request."""
    dialect, filters = database.engine().dialect, request.filters
    conditions = tuple(_conditions(dialect, filters))
    candidate_sets = []
    if filters.status == "expired":
        moment = dialect.moment(now)
        past = f"SELECT id FROM refresh_tokens WHERE expires_at <= {moment.text}"
        candidate_sets.append(
            CandidateSet((CandidateQuery(Sql(past, moment.values)),), is_of_now=True)
        )
    return Query(
        "refresh_tokens",
        request.sort,
        is_descending=request.is_descending,
        within=_within(filters.status, now),
        checks=tuple(check for check, _ in conditions),
        candidate_sets=(
            *(candidates for _, candidates in conditions if candidates),
            *candidate_sets,
        ),
    )


def _within(status: SessionStatus, now: datetime) -> tuple[TimeRange, ...]:
    if status == "all":
        return ()
    return (TimeRange("expires_at", ((">" if status == "live" else "<=", now),)),)


def _conditions(
    dialect: Dialect, filters: SessionFilters
) -> Iterator[tuple[Sql, CandidateSet | None]]:
    if filters.user_id is not None:
        of_user = "SELECT id FROM refresh_tokens WHERE user_id = ?"
        yield (
            Sql(f"{dialect.aside('t.user_id')} = ?", (str(filters.user_id),)),
            CandidateSet((CandidateQuery(Sql(of_user, (str(filters.user_id),))),)),
        )
    if filters.q is not None:
        yield owner_condition(dialect, "refresh_tokens", filters.q, also=tuple(SORTS))


def shape() -> Shape:
    """The columns of a `SessionRow`, with the owner's address."""
    dialect = database.engine().dialect
    return Shape(
        Sql(
            f"{dialect.text('p.id')} AS id, {dialect.text('p.user_id')} AS user_id, "
            "u.email AS user_email, "
            f"{dialect.time('p.created_at')} AS created_at, "
            f"{dialect.time('p.last_used_at')} AS last_used_at, "
            f"{dialect.time('p.expires_at')} AS expires_at, p.ip_address, p.user_agent"
        ),
        joins="LEFT JOIN users u ON u.id = p.user_id",
    )


def read(row: dict[str, Any]) -> SessionRow | None:
    """The row, or None where an id cannot be read or its user's row is gone."""
    session_id, user_id = lenient_parsing.row_id(row["id"]), lenient_parsing.row_id(row["user_id"])
    email = lenient_parsing.text(row["user_email"])
    if session_id is None or user_id is None or email is None:
        return None
    return SessionRow(
        id=session_id,
        user_id=user_id,
        user_email=email,
        created_at=lenient_parsing.moment(row["created_at"]),
        last_used_at=lenient_parsing.moment(row["last_used_at"]),
        expires_at=lenient_parsing.moment(row["expires_at"]),
        ip_address=lenient_parsing.text(row["ip_address"]),
        user_agent=lenient_parsing.text(row["user_agent"]),
    )
