"""Pages of users: put together they are the whole list, whatever is in it and however it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.administration import queries
from api.administration.queries import page_request
from api.settings.database_url import DatabaseUrl
from models import User, database, new_id
from models.engines.sqlite.folding import folded
from models.lists.budget import Budget
from models.lists.experience import Experience
from models.lists.page_request import PageRequest
from models.lists.users import SORTS, UserFilters
from tests.models.rows import NOW
from tests.support.databases import copied_sqlite, postgresql_database

NAMES = st.text(
    st.sampled_from("aAbBzZ éÉßſΣσς%_\\'\"*-?:()\u0301\u1e9e漢😀"), min_size=1, max_size=6
)
PARTS = st.text(st.sampled_from("aAbBzZ éÉßΣσ%_\\'\"*-?漢@.x0"), min_size=1, max_size=4).filter(
    lambda text: bool(text.strip())
)


@dataclass(frozen=True, slots=True)
class Made:
    """What differs between users."""

    name: str
    created: int
    active: int | None
    role: str


users = st.lists(
    st.builds(
        Made,
        name=NAMES,
        created=st.integers(0, 3),
        active=st.none() | st.integers(0, 3),
        role=st.sampled_from(["user", "admin"]),
    ),
    max_size=12,
)
sorts = st.sampled_from([sign + sort for sort in SORTS for sign in ("", "-")])
filters = st.builds(
    UserFilters,
    q=st.none() | PARTS.map(str.strip),
    role=st.none() | st.sampled_from(["user", "admin"]),
)


def budget(few: int, sort: tuple[int, int], batches: tuple[int, int, int], seconds: int) -> Budget:
    return Budget(few, *sort, *batches, seconds=seconds)


budgets = st.sampled_from(
    [
        budget(1_000, (1_000, 1_000), (1, 0, 9), 9),
        budget(3, (0, 5), (2, 9, 2), 9),
        budget(9, (0, 0), (1, 0, 1), 9),
        budget(0, (0, 0), (1, 0, 1), -1),
    ]
)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("lists")
        yield copied_sqlite(request.getfixturevalue("sqlite_template"), folder)
    else:
        with postgresql_database(request.getfixturevalue("postgresql_template")) as made:
            yield made


async def populate(made: list[Made]) -> list[User]:
    await User.all().delete()
    return [
        await User.add(
            id=new_id(),
            email=f"x{number}@x.example",
            name=one.name,
            roles=[one.role],
            now=NOW + timedelta(days=one.created),
            last_active_at=None if one.active is None else NOW + timedelta(days=one.active),
        )
        for number, one in enumerate(made)
    ]


async def pages(request: PageRequest[UserFilters]) -> tuple[list[Any], list[Any]]:
    """The ids forwards, and again from the last page back to the first."""
    page = await queries.page_of_users(request, NOW)
    there = [row.id for row in page.data]
    while page.next_cursor:
        page = await queries.page_of_users(request.at(page.next_cursor), NOW)
        there += [row.id for row in page.data]
    back = [row.id for row in page.data]
    while page.previous_cursor:
        page = await queries.page_of_users(request.at(page.previous_cursor), NOW)
        back = [row.id for row in page.data] + back
    return there, back


def fits(user: User, wanted: UserFilters, *, is_sqlite: bool) -> bool:
    if wanted.role is not None and wanted.role not in user.roles:
        return False
    if wanted.q is None:
        return True
    fold = folded if is_sqlite else lower
    q, columns = fold(wanted.q), [fold(user.email), fold(user.name)]
    if len(wanted.q) < 3:
        return any(column.startswith(q) for column in columns)
    return any(q in column for column in columns)


def lower(text: str) -> str:
    """As PostgreSQL does it: each letter by itself, and none becomes two."""
    return "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def in_order(found: list[User], sort: str) -> list[Any]:
    column = sort.removeprefix("-")
    known = [user for user in found if getattr(user, column) is not None]
    unknown = [user for user in found if getattr(user, column) is None]
    known.sort(key=lambda user: (bytes_of(getattr(user, column)), user.id))
    unknown.sort(key=lambda user: user.id)
    if sort.startswith("-"):
        known, unknown = known[::-1], unknown[::-1]
    return [user.id for user in (*known, *unknown)]


def bytes_of(value: Any) -> Any:
    """SQLite, and PostgreSQL with the collation C, compare bytes."""
    return value.encode() if isinstance(value, str) else value


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    made=users,
    asking=st.tuples(sorts, filters, st.integers(1, 5)),
    budget=budgets,
)
def test_pages_forwards_and_backwards_are_the_sorted_list_of_what_fits(
    url: str,
    made: list[Made],
    asking: tuple[str, UserFilters, int],
    budget: Budget,
) -> None:
    sort, wanted, limit = asking
    request = replace(
        page_request(wanted, SORTS, sort=sort, limit=limit), budget=budget, experience=Experience()
    )

    async def run() -> None:
        async with database.opened(DatabaseUrl.parse(url)):
            is_sqlite = database.engine().name == "sqlite"
            everybody = await populate(made)
            expected = in_order(
                [u for u in everybody if fits(u, wanted, is_sqlite=is_sqlite)], sort
            )
            there, back = await pages(request)
            if not is_sqlite and sort.endswith("name"):
                # The order of texts is the database's own.
                assert sorted(there) == sorted(expected)
                assert there == back
            else:
                assert (there, back) == (expected, expected)

    asyncio.run(run())
