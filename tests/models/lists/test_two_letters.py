"""Two letters of a script without spaces between words are found anywhere, on both engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

import pytest

from api.administration import queries
from api.administration.queries import page_request
from models.lists import api_keys, sessions, users
from models.lists.api_keys import KeyFilters
from models.lists.budget import Budget
from models.lists.page_request import PageRequest
from models.lists.query import Sort
from models.lists.sessions import SessionFilters
from models.lists.users import UserFilters
from tests.models.rows import NOW, add_key, add_session, add_user

pytestmark = pytest.mark.anyio

F = TypeVar("F")


def newest(filters: F, sorts: Mapping[str, Sort]) -> PageRequest[F]:
    return page_request(filters, sorts, sort="-created_at")


async def counts(q: str) -> list[int]:
    """How many users, sessions, keys, and keys by their owner are found."""
    pages = (
        await queries.page_of_users(newest(UserFilters(q=q), users.SORTS), NOW),
        await queries.page_of_sessions(newest(SessionFilters(q=q), sessions.SORTS), NOW),
        await queries.page_of_keys(newest(KeyFilters(q=q), api_keys.SORTS), NOW),
        await queries.page_of_keys(newest(KeyFilters(owner=q), api_keys.SORTS), NOW),
    )
    return [len(page.data) for page in pages]


@pytest.mark.parametrize(
    ("name", "q"),
    [
        ("株式会社東京電力", "東京"),
        ("やまだ はなこ", "なこ"),
        ("サーバー管理", "バー"),
        ("佐々木", "々木"),
        ("김철수", "철수"),
        ("สมชาย ใจดี", "ชา"),
        ("ສົມຊາຍ", "ຊາ"),
        ("សុខា ចាន់", "ចា"),
        ("အောင်ဆန်း", "ဆန"),
        ("བསྟན་འཛིན", "འཛ"),
    ],
)
async def test_they_are_found_in_the_middle_of_every_text_that_is_searched(
    opened: str, name: str, q: str
) -> None:
    user = await add_user(name=name)
    await add_session(user)
    await add_key(user, name="ci")
    assert await counts(q) == [1, 1, 1, 1]
    await add_key(await add_user("bob@example.com", name="Bob"), "evr_two", name=name)
    assert await counts(q) == [1, 1, 2, 1]


async def test_other_short_parts_are_found_at_the_beginning_only(opened: str) -> None:
    user = await add_user(name="Ann 東京é")
    await add_session(user)
    await add_key(user, name="an")
    for q in ("nn", "東", "京é", "n ", "x東"):
        assert await counts(q) == [0, 0, 0, 0], q
    assert await counts("an") == [1, 1, 1, 1]


async def test_a_search_that_no_index_leads_to_goes_on_in_pieces(opened: str) -> None:
    for number in range(9):
        await add_user(f"{number}@example.com", name=f"第{number}東京" if number == 8 else "Ann")
    request = replace(
        page_request(UserFilters(q="東京"), users.SORTS, sort="email"),
        budget=Budget(first_batch=2, near_batch=2, further_batch=2, seconds=0.0),
    )
    page = await queries.page_of_users(request, NOW)
    assert (len(page.data), page.next_cursor is None) == (0, False)
    (found,) = await queries.first_users(request, NOW)
    assert found.email == "8@example.com"
