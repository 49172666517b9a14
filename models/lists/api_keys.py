"""The operators' list of API keys: its rows, filters and sorts.

A key has one status: `expired`, else `never_used`, else `stale` (not used for a while), else
`live`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from models import database, lenient_parsing
from models.engines.dialect import Dialect
from models.lists import text_search
from models.lists.owners import of_owner, owned_by, owner_condition
from models.lists.page_request import PageRequest
from models.lists.query import CandidateQuery, CandidateSet, Query, Shape, Sort, TimeRange
from models.sql import Sql

SORTS = {
    "name": Sort("name", holds=("expires_at",)),
    "created_at": Sort("created_at", is_time=True, holds=("expires_at",)),
    "last_used_at": Sort("last_used_at", is_time=True, is_nullable=True, holds=("expires_at",)),
    "expires_at": Sort("expires_at", is_time=True, is_nullable=True),
}
SEARCHED = ("name", "key_prefix")
# What the side table of the search keeps to sort by.
KEPT = ("name", "created_at", "expires_at")
# After so many days without use a key that has not expired is stale, where nobody says otherwise.
STALE_DAYS = 90
KeyStatus = Literal["live", "expired", "never_used", "stale"]


@dataclass(frozen=True, slots=True)
class Ages:
    """Now, and since when a key must have been used so as not to be stale."""

    now: datetime
    stale_before: datetime

    @classmethod
    def at(cls, now: datetime, stale_days: int) -> Ages:
        """The ages at `now`: a key is stale after `stale_days` without use."""
        return cls(now, now - timedelta(days=stale_days))


@dataclass(frozen=True, slots=True)
class KeyFilters:
    """Which keys; None does not filter.

    `q` is a part of the name, the prefix, or the owner's e-mail or name; `owner` of the latter alone.
    After `stale_days` without use an unexpired key is stale.
    """

    q: str | None = None
    owner: str | None = None
    user_id: UUID | None = None
    status: KeyStatus | None = None
    stale_days: int = STALE_DAYS


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An API key as operators see one."""

    id: UUID
    user_id: UUID
    user_email: str
    name: str
    key_prefix: str
    scopes: list[str]
    status: KeyStatus
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None
    created_at: datetime | None


def query(request: PageRequest[KeyFilters], now: datetime) -> Query:
    """The query of the keys that pass the filters, in the order of the request."""
    dialect, filters = database.engine().dialect, request.filters
    ages = Ages.at(now, filters.stale_days)
    conditions = tuple(_conditions(dialect, filters))
    of_status = _status_candidates(dialect, filters.status, ages)
    return Query(
        "api_keys",
        request.sort,
        is_descending=request.is_descending,
        within=_within(filters.status, ages),
        checks=tuple(check for check, _ in conditions),
        candidate_sets=(*(candidates for _, candidates in conditions if candidates), *of_status),
    )


def _within(status: KeyStatus | None, ages: Ages) -> tuple[TimeRange, ...]:
    if status is None:
        return ()
    if status == "expired":
        return (TimeRange("expires_at", (("<=", ages.now),)),)
    unexpired = TimeRange("expires_at", ((">", ages.now),), or_null=True)
    if status == "never_used":
        return unexpired, TimeRange("last_used_at", or_null=True)
    side: tuple[Any, ...] = (("<" if status == "stale" else ">=", ages.stale_before),)
    return unexpired, TimeRange("last_used_at", side)


def _status_candidates(
    dialect: Dialect, status: KeyStatus | None, ages: Ages
) -> tuple[CandidateSet, ...]:
    if status is None:
        return ()
    condition = {
        "expired": lambda: _compared(dialect, "expires_at <= ", ages.now),
        "never_used": lambda: Sql("last_used_at IS NULL"),
        "stale": lambda: _compared(dialect, "last_used_at < ", ages.stale_before),
        "live": lambda: _compared(dialect, "last_used_at >= ", ages.stale_before),
    }[status]()
    ids = Sql(f"SELECT id FROM api_keys WHERE {condition.text}", condition.values)
    return (CandidateSet((CandidateQuery(ids),), is_of_now=bool(condition.values)),)


def _compared(dialect: Dialect, comparison: str, at: datetime) -> Sql:
    moment = dialect.moment(at)
    return Sql(comparison + moment.text, moment.values)


def _conditions(dialect: Dialect, filters: KeyFilters) -> Iterator[tuple[Sql, CandidateSet | None]]:
    if filters.user_id is not None:
        of_user = "SELECT id FROM api_keys WHERE user_id = ?"
        yield (
            Sql(f"{dialect.aside('t.user_id')} = ?", (str(filters.user_id),)),
            CandidateSet((CandidateQuery(Sql(of_user, (str(filters.user_id),))),)),
        )
    if filters.owner is not None:
        yield owner_condition(dialect, "api_keys", filters.owner, also=KEPT)
    if filters.q is not None:
        yield _search(dialect, filters.q)


def _search(dialect: Dialect, q: str) -> tuple[Sql, CandidateSet | None]:
    own = text_search.found_in(dialect, [f"t.{column}" for column in SEARCHED], q)
    owner = of_owner(dialect, q)
    check = Sql(f"({own.text} OR {owner.text})", own.values + owner.values)
    if not text_search.is_indexed(q):
        return check, None
    by_own = CandidateQuery(text_search.by_index(dialect, "api_keys", q, also=KEPT))
    by_owner = owned_by(dialect, "api_keys", q, also=KEPT)
    return check, CandidateSet((by_own, by_owner), check, holds=KEPT)


def shape() -> Shape:
    """The columns of a `KeyRow`, with the owner's address."""
    dialect = database.engine().dialect
    return Shape(
        Sql(
            f"{dialect.text('p.id')} AS id, {dialect.text('p.user_id')} AS user_id, "
            "u.email AS user_email, p.name, p.key_prefix, "
            f"{dialect.text('p.scopes')} AS scopes, "
            f"{dialect.time('p.expires_at')} AS expires_at, "
            f"{dialect.time('p.last_used_at')} AS last_used_at, p.last_used_ip, "
            f"{dialect.time('p.created_at')} AS created_at"
        ),
        joins="LEFT JOIN users u ON u.id = p.user_id",
    )


def read(row: dict[str, Any], ages: Ages) -> KeyRow | None:
    """The row, or None where an id cannot be read or its user's row is gone."""
    key_id, user_id = lenient_parsing.row_id(row["id"]), lenient_parsing.row_id(row["user_id"])
    email = lenient_parsing.text(row["user_email"])
    if key_id is None or user_id is None or email is None:
        return None
    expires_at, last_used_at = (
        lenient_parsing.moment(row["expires_at"]),
        lenient_parsing.moment(row["last_used_at"]),
    )
    return KeyRow(
        id=key_id,
        user_id=user_id,
        user_email=email,
        name=lenient_parsing.text(row["name"]) or "",
        key_prefix=lenient_parsing.text(row["key_prefix"]) or "",
        scopes=lenient_parsing.words(row["scopes"]),
        status=status_of(expires_at, last_used_at, ages),
        expires_at=expires_at,
        last_used_at=last_used_at,
        last_used_ip=lenient_parsing.text(row["last_used_ip"]),
        created_at=lenient_parsing.moment(row["created_at"]),
    )


def status_of(expires_at: datetime | None, last_used_at: datetime | None, ages: Ages) -> KeyStatus:
    """The one status that a key has."""
    if expires_at is not None and expires_at <= ages.now:
        return "expired"
    if last_used_at is None:
        return "never_used"
    return "stale" if last_used_at < ages.stale_before else "live"
