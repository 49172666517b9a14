"""Pages of lists: whole, in order, and steady while rows come and go, on both engines."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from api.administration import queries
from api.administration.queries import page_request
from api.settings.database_url import DatabaseUrl
from models import ApiKey, User, database
from models.lists.api_keys import SORTS, KeyFilters, KeyRow, KeyStatus
from models.lists.budget import Budget
from models.lists.experience import Experience
from models.lists.pages import Page
from tests.models.rows import DAY, NOW, add_key, add_user
from tests.support.databases import execute

pytestmark = pytest.mark.anyio

EVERYTHING, BUDGET = KeyFilters(), Budget()
DIRECTIONS = [sign + sort for sort in SORTS for sign in ("", "-")]


async def page(
    sort: str,
    limit: int = 50,
    cursor: str | None = None,
    *,
    filters: KeyFilters = EVERYTHING,
    budget: Budget = BUDGET,
) -> Page[KeyRow]:
    request = page_request(filters, SORTS, sort=sort, limit=limit, cursor=cursor)
    small = replace(request, budget=budget, experience=Experience())
    return await queries.page_of_keys(small, NOW)


async def whole(
    sort: str, filters: KeyFilters = EVERYTHING, *, limit: int = 3, budget: Budget = BUDGET
) -> list[str]:
    """The names of all rows, page after page."""
    names: list[str] = []
    rows = await page(sort, limit, filters=filters, budget=budget)
    names += [row.name for row in rows.data]
    while rows.next_cursor:
        rows = await page(sort, limit, rows.next_cursor, filters=filters, budget=budget)
        names += [row.name for row in rows.data]
    return names


async def whole_backwards(sort: str, *, limit: int) -> list[str]:
    """The names of all rows, from the last page to the first."""
    rows = await page(sort, limit)
    while rows.next_cursor:
        rows = await page(sort, limit, rows.next_cursor)
    names = [row.name for row in rows.data]
    while rows.previous_cursor:
        rows = await page(sort, limit, rows.previous_cursor)
        names = [row.name for row in rows.data] + names
    return names


async def populate(number: int = 40, *, seed: int = 1) -> list[ApiKey]:
    """Keys of two users, with many equal values and many nulls."""
    dice = random.Random(seed)
    users = [await add_user("ann@example.com"), await add_user("bob@example.com", name="Bob")]
    return [
        await add_key(
            dice.choice(users),
            f"evr_{index}",
            name=f"{dice.choice('xyz')} {index:03}",
            now=NOW - dice.randrange(4) * DAY,
            last_used_at=dice.choice((None, NOW - dice.randrange(4) * 40 * DAY)),
            expires_at=dice.choice((None, NOW + dice.randrange(-2, 3) * DAY)),
        )
        for index in range(number)
    ]


def ordered(keys: Iterable[ApiKey], sort: str) -> list[str]:
    """As the list should be, worked out without a database."""
    column = sort.removeprefix("-")
    known = [key for key in keys if getattr(key, column) is not None]
    unknown = [key for key in keys if getattr(key, column) is None]
    known.sort(key=lambda key: (getattr(key, column), str(key.id)), reverse=sort[0] == "-")
    unknown.sort(key=lambda key: str(key.id), reverse=sort[0] == "-")
    return [key.name for key in (*known, *unknown)]


@pytest.mark.parametrize("sort", DIRECTIONS)
async def test_pages_forwards_and_backwards_are_the_whole_list_nulls_last(
    opened: str, sort: str
) -> None:
    keys = await populate()
    expected = ordered(keys, sort)
    for limit in (3, 7, 40):
        assert await whole(sort, limit=limit) == expected
        assert await whole_backwards(sort, limit=limit) == expected


def status_of(key: ApiKey) -> KeyStatus:
    if key.expires_at is not None and key.expires_at <= NOW:
        return "expired"
    if key.last_used_at is None:
        return "never_used"
    return "stale" if key.last_used_at < NOW - 90 * DAY else "live"


def rows_read(always_sorted: int, most_sorted: int, *batches: int) -> Budget:
    """A budget of small numbers; the batches are the first, a near one and each further one."""
    first, near, further = batches
    return Budget(
        always_sorted=always_sorted,
        most_sorted=most_sorted,
        first_batch=first,
        near_batch=near,
        further_batch=further,
    )


BUDGETS = {
    "candidates": rows_read(1_000, 1_000, 1, 0, 1),
    "first batch": rows_read(0, 0, 1_000, 0, 1),
    "near batch": rows_read(0, 0, 10, 1_000, 1),
    "further batches": rows_read(0, 0, 1, 0, 3),
    "further batches or candidates": rows_read(0, 20, 2, 3, 2),
}


@pytest.mark.parametrize("budget", BUDGETS.values(), ids=BUDGETS)
@pytest.mark.parametrize("sort", DIRECTIONS)
async def test_every_way_of_searching_finds_the_same_in_the_same_order(
    opened: str, budget: Budget, sort: str
) -> None:
    keys = await populate()
    statuses: tuple[KeyStatus, ...] = ("live", "expired", "never_used", "stale")
    for status in statuses:
        expected = ordered([key for key in keys if status_of(key) == status], sort)
        assert expected
        assert await whole(sort, KeyFilters(status=status), budget=budget) == expected
    ann = await User.get(email="ann@example.com")
    for filters, fitting in (
        (KeyFilters(user_id=ann.id), [k for k in keys if k.user_id == ann.id]),
        (KeyFilters(q="ann@"), [k for k in keys if k.user_id == ann.id]),
        (KeyFilters(q="X 0"), [k for k in keys if k.name.startswith("x")]),
        (
            KeyFilters(q="bob", status="live"),
            [k for k in keys if k.user_id != ann.id and status_of(k) == "live"],
        ),
        (KeyFilters(owner="ann@"), [k for k in keys if k.user_id == ann.id]),
        (
            KeyFilters(owner="ann@", q="X 0"),
            [k for k in keys if k.user_id == ann.id and k.name.startswith("x")],
        ),
        (KeyFilters(owner="X 0"), []),
        (KeyFilters(q="no such"), []),
    ):
        assert await whole(sort, filters, budget=budget) == ordered(fitting, sort), filters


# Ends a search after its first row.
ONE_ROW = Budget(
    few_candidates=0,
    always_sorted=0,
    most_sorted=0,
    first_batch=1,
    near_batch=0,
    further_batch=1,
    seconds=-1,
)


async def test_a_page_that_was_not_filled_says_where_to_go_on(opened: str) -> None:
    await populate()
    wanted = KeyFilters(q="z ")
    rows = await page("name", 10, filters=wanted, budget=ONE_ROW)
    assert (list(rows.data), rows.previous_cursor) == ([], None)
    assert rows.next_cursor is not None
    rows = await page("name", 10, rows.next_cursor, filters=wanted, budget=ONE_ROW)
    assert rows.previous_cursor is not None
    before = await page("name", 10, rows.previous_cursor, filters=wanted, budget=ONE_ROW)
    assert before.data == []
    assert before.previous_cursor is None or before.previous_cursor != rows.previous_cursor


async def test_rows_that_come_and_go_neither_repeat_nor_hide_the_others(opened: str) -> None:
    keys = await populate(30)
    for sort in DIRECTIONS:
        seen: list[str] = []
        rows = await page(sort, 4)
        user = await User.get(email="ann@example.com")
        gone: set[str] = set()
        while True:
            seen += [row.name for row in rows.data]
            if rows.next_cursor is None:
                break
            # The row that the cursor was made of goes, and rows of all places come.
            victim = rows.data[-1]
            await ApiKey.remove(victim.id)
            gone.add(victim.name)
            for position in ("a", "y 015", "zz"):
                await add_key(user, f"evr_{sort}{len(seen)}{position}", name=f"{position} new")
            rows = await page(sort, 4, rows.next_cursor)
        mine = [name for name in seen if not name.endswith("new")]
        assert mine == [name for name in ordered(keys, sort) if name in mine]
        assert {key.name for key in keys} == set(mine)
        await ApiKey.filter(name__endswith="new").delete()
        keys = [key for key in keys if key.name not in gone]


async def test_going_back_from_a_place_whose_rows_are_gone_loses_nothing(opened: str) -> None:
    await populate(6)
    first = await page("name", 3)
    second = await page("name", 3, first.next_cursor)
    for row in second.data:
        await ApiKey.remove(row.id)
    empty = await page("name", 3, first.next_cursor)
    assert (empty.data, empty.next_cursor) == ([], None)
    again = await page("name", 3, empty.previous_cursor)
    assert [row.name for row in again.data] == [row.name for row in first.data]
    for row in first.data:
        await ApiKey.remove(row.id)
    nothing = await page("name", 3, second.previous_cursor)
    assert (nothing.data, nothing.previous_cursor) == ([], None)
    # What comes in front of the place is seen by going back, what comes behind it by going on.
    for name in ("a new", "zz new"):
        await add_key(await User.get(email="ann@example.com"), f"evr_{name}", name=name)
    behind = await page("name", 3, nothing.next_cursor)
    before = await page("name", 3, behind.previous_cursor)
    assert [row.name for row in (*before.data, *behind.data)] == ["a new", "zz new"]


async def test_the_ages_of_a_status_are_exact_at_their_edges(opened: str) -> None:
    user = await add_user()
    second = timedelta(seconds=1)
    for name, expires_at, last_used_at in (
        ("expired", NOW, NOW),
        ("live", NOW + second, NOW - 90 * DAY),
        ("stale", None, NOW - 90 * DAY - second),
        ("never_used", NOW + second, None),
    ):
        await add_key(
            user, f"evr_{name}", name=name, expires_at=expires_at, last_used_at=last_used_at
        )
    statuses: tuple[KeyStatus, ...] = ("live", "expired", "never_used", "stale")
    for status in statuses:
        for sort in DIRECTIONS:
            rows = await page(sort, filters=KeyFilters(status=status))
            assert [(row.name, row.status) for row in rows.data] == [(status, status)]


async def test_places_do_not_depend_on_how_a_database_writes_times(postgresql_url: str) -> None:
    name = postgresql_url.rpartition("/")[2]
    for setting in ("datestyle = 'SQL, DMY'", "timezone = 'Asia/Kolkata'"):
        await execute(postgresql_url, f'ALTER DATABASE "{name}" SET {setting}')
    async with database.opened(DatabaseUrl.parse(postgresql_url)):
        keys = await populate(12)
        async with asyncio.timeout(20):
            assert await whole("-created_at") == ordered(keys, "-created_at")
