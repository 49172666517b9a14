"""The operators' list of audit events: its rows and filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import database, lenient_parsing
from models.engines.dialect import Dialect
from models.lists.page_request import PageRequest
from models.lists.query import CandidateQuery, CandidateSet, Operator, Query, Shape, Sort, TimeRange
from models.sql import Sql

FAILURE = "failure"
SORTS = {"at": Sort("at", is_time=True)}


@dataclass(frozen=True, slots=True)
class EventFilters:
    """Which events; None does not filter. `since` is included, `until` is not."""

    action: str | None = None
    actor_id: UUID | None = None
    user_id: UUID | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An audit event as operators see one; an e-mail is None where its user is gone."""

    id: UUID
    at: datetime | None
    action: str
    outcome: str
    actor_id: UUID | None
    actor_email: str | None
    user_id: UUID | None
    user_email: str | None
    ip_address: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, Any] | None


def query(request: PageRequest[EventFilters]) -> Query:
    """The query of the events that pass the filters, in the order of the request."""
    dialect = database.engine().dialect
    equalities = tuple(_equalities(request.filters))
    begun = _number_begun_with(equalities)
    rest = equalities[begun:]
    return Query(
        "audit_events",
        request.sort,
        is_descending=request.is_descending,
        within=tuple(_within(request.filters)),
        prefix=tuple(_prefix(column, value) for column, value in equalities[:begun]),
        checks=tuple(_check(dialect, column, value) for column, value in rest),
        candidate_sets=tuple(_candidates(column, value) for column, value in rest),
    )


def _equalities(filters: EventFilters) -> Iterator[tuple[str, str]]:
    """The columns that must equal something, those with the fewest rows to a value first."""
    if filters.user_id is not None:
        yield "user_id", str(filters.user_id)
    if filters.actor_id is not None:
        yield "actor_id", str(filters.actor_id)
    if filters.outcome == FAILURE:
        yield "outcome", FAILURE
    if filters.action is not None:
        yield "action", filters.action
    if filters.outcome is not None and filters.outcome != FAILURE:
        yield "outcome", filters.outcome


def _number_begun_with(equalities: Sequence[tuple[str, str]]) -> int:
    """How many of the equalities, from the first on, begin one index that goes on with the time.

    Any one does. The failures have an index of their own, by action.
    """
    are_failures_of_one = [column for column, _ in equalities] == ["outcome", "action"]
    return 2 if are_failures_of_one else min(1, len(equalities))


def _prefix(column: str, value: str) -> Sql:
    if (column, value) == ("outcome", FAILURE):
        # Written out: an index of the failures alone is not used for a parameter.
        return Sql(f"t.outcome = '{FAILURE}'")
    return Sql(f"t.{column} = ?", (value,))


def _check(dialect: Dialect, column: str, value: str) -> Sql:
    return Sql(f"{dialect.aside(f't.{column}')} = ?", (value,))


def _candidates(column: str, value: str) -> CandidateSet:
    ids = Sql(f"SELECT id FROM audit_events WHERE {column} = ? ORDER BY at", (value,))
    return CandidateSet((CandidateQuery(ids),))


def _within(filters: EventFilters) -> Iterator[TimeRange]:
    bounds: list[tuple[Operator, datetime]] = []
    if filters.since is not None:
        bounds.append((">=", filters.since))
    if filters.until is not None:
        bounds.append(("<", filters.until))
    if bounds:
        yield TimeRange("at", tuple(bounds))


def shape() -> Shape:
    """The columns of an `EventRow`, with the addresses of actor and user."""
    dialect = database.engine().dialect
    return Shape(
        Sql(
            f"{dialect.text('p.id')} AS id, {dialect.time('p.at')} AS at, p.action, p.outcome, "
            f"{dialect.text('p.actor_id')} AS actor_id, a.email AS actor_email, "
            f"{dialect.text('p.user_id')} AS user_id, u.email AS user_email, "
            f"p.ip_address, p.user_agent, p.request_id, {dialect.text('p.detail')} AS detail"
        ),
        joins="LEFT JOIN users a ON a.id = p.actor_id LEFT JOIN users u ON u.id = p.user_id",
    )


def read(row: dict[str, Any]) -> EventRow | None:
    """The row, or None where its id cannot be read."""
    event_id = lenient_parsing.row_id(row["id"])
    if event_id is None:
        return None
    return EventRow(
        id=event_id,
        at=lenient_parsing.moment(row["at"]),
        action=lenient_parsing.text(row["action"]) or "",
        outcome=lenient_parsing.text(row["outcome"]) or "",
        actor_id=lenient_parsing.row_id(row["actor_id"]),
        actor_email=lenient_parsing.text(row["actor_email"]),
        user_id=lenient_parsing.row_id(row["user_id"]),
        user_email=lenient_parsing.text(row["user_email"]),
        ip_address=lenient_parsing.text(row["ip_address"]),
        user_agent=lenient_parsing.text(row["user_agent"]),
        request_id=lenient_parsing.text(row["request_id"]),
        detail=lenient_parsing.mapping(row["detail"]),
    )
