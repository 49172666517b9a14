"""The operators' list of users: its rows, filters and sorts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import database, lenient_parsing
from models.engines.dialect import Dialect
from models.lists import text_search
from models.lists.page_request import PageRequest
from models.lists.query import CandidateQuery, CandidateSet, Query, Shape, Sort
from models.sql import Sql

SORTS = {
    "email": Sort("email", is_unique=True),
    "name": Sort("name"),
    "created_at": Sort("created_at", is_time=True),
    "last_active_at": Sort("last_active_at", is_time=True, is_nullable=True),
}
SEARCHED = ("email", "name")
# What the side table of the search keeps to sort by.
KEPT = ("email", "name", "created_at")
LOCAL = "local"


@dataclass(frozen=True, slots=True)
class UserFilters:
    """Which users; None does not filter. `q` is a part of the e-mail or the name."""

    q: str | None = None
    role: str | None = None
    provider: str | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class UserRow:
    """A user as operators see one. `auth_provider` is `local` or the first identity's provider."""

    id: UUID
    email: str
    name: str
    avatar_url: str | None
    roles: list[str]
    email_verified: bool
    auth_provider: str
    disabled_at: datetime | None
    created_at: datetime | None
    last_active_at: datetime | None
    session_count: int
    api_key_count: int


def query(request: PageRequest[UserFilters]) -> Query:
    """The query of the users that pass the filters, in the order of the request."""
    filters = request.filters
    conditions = tuple(_conditions(database.engine().dialect, filters))
    return Query(
        "users",
        request.sort,
        is_descending=request.is_descending,
        # The disabled have indexes of their own, one for each sort.
        prefix=(Sql("t.disabled_at IS NOT NULL"),) if filters.disabled else (),
        checks=tuple(check for check, _ in conditions),
        candidate_sets=tuple(candidates for _, candidates in conditions if candidates),
    )


def _conditions(
    dialect: Dialect, filters: UserFilters
) -> Iterator[tuple[Sql, CandidateSet | None]]:
    """Each filter's check of a row, and the candidate set that contains the rows that pass it."""
    if filters.role is not None:
        yield _role(dialect, filters.role)
    if filters.provider is not None:
        yield _provider(filters.provider)
    if filters.disabled is False:
        yield Sql("t.disabled_at IS NULL"), None
    if filters.q is not None:
        check = text_search.found_in(dialect, [f"t.{column}" for column in SEARCHED], filters.q)
        yield check, _by_index(dialect, filters.q, check)


def _by_index(dialect: Dialect, q: str, check: Sql) -> CandidateSet | None:
    if not text_search.is_indexed(q):
        return None
    return CandidateSet(
        (CandidateQuery(text_search.by_index(dialect, "users", q, also=KEPT)),), check, holds=KEPT
    )


def _role(dialect: Dialect, role: str) -> tuple[Sql, CandidateSet]:
    by_index = CandidateQuery(dialect.ids_with_role(role))
    return dialect.has_role(role), CandidateSet((by_index,))


_FIRST_PROVIDER = """COALESCE((
    SELECT i.provider FROM oauth_identities i WHERE i.user_id = {user}.id
    ORDER BY i.created_at, i.id LIMIT 1
), 'local')"""


def _provider(provider: str) -> tuple[Sql, CandidateSet | None]:
    check = Sql(f"{_FIRST_PROVIDER.format(user='t')} = ?", (provider,))
    if provider == LOCAL:
        # Those without an identity are in no index; they are many nearly everywhere.
        return check, None
    # In order, for a planner that takes a provider it has not heard of for one that all have.
    by_index = Sql(
        "SELECT user_id AS id FROM oauth_identities WHERE provider = ? ORDER BY user_id",
        (provider,),
    )
    return check, CandidateSet((CandidateQuery(by_index),))


def shape(now: datetime) -> Shape:
    """`session_count` is that of the sessions that live at `now`."""
    dialect = database.engine().dialect
    moment = dialect.moment(now)
    return Shape(
        Sql(
            f"{dialect.text('p.id')} AS id, p.email, p.name, p.avatar_url, "
            f"{dialect.text('p.roles')} AS roles, p.email_verified, "
            f"{_FIRST_PROVIDER.format(user='p')} AS auth_provider, "
            f"{dialect.time('p.disabled_at')} AS disabled_at, "
            f"{dialect.time('p.created_at')} AS created_at, "
            f"{dialect.time('p.last_active_at')} AS last_active_at, "
            "(SELECT count(*) FROM refresh_tokens s "
            f"WHERE s.user_id = p.id AND {dialect.aside('s.expires_at')} > {moment.text}) "
            "AS session_count, "
            "(SELECT count(*) FROM api_keys k WHERE k.user_id = p.id) AS api_key_count",
            moment.values,
        )
    )


def read(row: dict[str, Any]) -> UserRow | None:
    """The row, or None where its id cannot be read."""
    user_id = lenient_parsing.row_id(row["id"])
    if user_id is None:
        return None
    return UserRow(
        id=user_id,
        email=lenient_parsing.text(row["email"]) or "",
        name=lenient_parsing.text(row["name"]) or "",
        avatar_url=lenient_parsing.text(row["avatar_url"]),
        roles=lenient_parsing.words(row["roles"]),
        email_verified=bool(row["email_verified"]),
        auth_provider=lenient_parsing.text(row["auth_provider"]) or LOCAL,
        disabled_at=lenient_parsing.moment(row["disabled_at"]),
        created_at=lenient_parsing.moment(row["created_at"]),
        last_active_at=lenient_parsing.moment(row["last_active_at"]),
        session_count=row["session_count"],
        api_key_count=row["api_key_count"],
    )
