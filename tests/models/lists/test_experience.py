"""Shortcuts that lead too far, or to few: found out once, and tried again after a while."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from api.administration import queries
from api.administration.queries import page_request
from models import database
from models.engines.dialect import Dialect
from models.lists import experience, search
from models.lists.budget import Budget
from models.lists.experience import Experience, Question
from models.lists.query import CandidateQuery
from models.lists.users import SORTS, UserFilters
from models.sql import Sql
from tests.models.rows import NOW, add_user

pytestmark = pytest.mark.anyio


def candidate_query(value: object) -> Question:
    return (), (CandidateQuery(Sql("SELECT 1", (value,))),)


WAY, OTHER = candidate_query("a"), candidate_query("b")


def test_a_detour_is_known_for_a_while_and_for_as_many_rows() -> None:
    known = Experience()
    assert not known.is_detour(WAY, 10, 0)
    known.note_detour(WAY, 10, 0)
    assert known.is_detour(WAY, 10, 1)
    assert known.is_detour(WAY, 3, 1)
    # More might be worth sorting another time.
    assert not known.is_detour(WAY, 11, 1)
    assert not known.is_detour(OTHER, 10, 1)
    assert not known.is_detour(WAY, 10, experience.SECONDS)


def test_what_leads_to_few_is_known_for_a_while_and_until_it_leads_to_more() -> None:
    known = Experience()
    assert not known.is_few(WAY, 0)
    known.note_few(WAY, 0)
    assert known.is_few(WAY, 1)
    assert not known.is_detour(WAY, 10, 1)
    assert not known.is_few(OTHER, 1)
    # Nor in another part of the table.
    assert not known.is_few(((Sql("t.user_id = ?", ("a",)),), WAY[1]), 1)
    known.note_few(WAY, 1)
    assert not known.is_few(WAY, experience.SECONDS)
    known.note_few(WAY, experience.SECONDS)
    assert known.is_few(WAY, experience.SECONDS + 1)
    known.note_detour(WAY, 10, 1)
    assert not known.is_few(WAY, 2)


def test_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(experience, "ENTRIES", 2)
    known = Experience()
    for number in range(2):
        known.note_detour(candidate_query(number), 10, 0)
    known.note_detour(candidate_query(0), 10, 0)
    known.note_detour(WAY, 10, 0)
    assert known.is_detour(candidate_query(0), 10, 1)
    assert not known.is_detour(candidate_query(1), 10, 1)
    assert known.is_detour(WAY, 10, 1)


SMALL = Budget(
    few_candidates=3,
    always_sorted=3,
    most_sorted=3,
    first_batch=2,
    near_batch=2,
    further_batch=2,
    seconds=-1,
)


@pytest.fixture
def candidate_sets(opened: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that go by a shortcut, from now on."""
    asked: list[str] = []
    dialect = database.engine().dialect
    rows = dialect.rows

    async def noted(_: Dialect, statement: Sql) -> list[dict[str, Any]]:
        if "WITH candidates_" in statement.text:
            asked.append(statement.text)
        return await rows(statement)

    monkeypatch.setattr(type(dialect), "rows", noted)
    return asked


async def everybody(filters: UserFilters) -> list[str]:
    """All who fit, in however many pieces."""
    request = page_request(filters, SORTS, sort="email", limit=100)
    found = await queries.first_users(replace(request, budget=SMALL), NOW)
    return [user.email for user in found]


async def test_a_search_finds_out_once_that_its_shortcut_leads_too_far(
    opened: str,
    candidate_sets: list[str],
) -> None:
    for number in range(20):
        name = "Zoe" if number > 9 else "Ann"
        await add_user(f"{number:02}@example.com", name=name)
    assert await everybody(UserFilters(q="zoe")) == [
        f"{number}@example.com" for number in range(10, 20)
    ]
    assert len(candidate_sets) == 1
    assert len(await everybody(UserFilters(q="zoe"))) == 10
    assert len(candidate_sets) == 1
    # Another word is another question.
    assert len(await everybody(UserFilters(q="19@ex"))) == 1
    assert len(candidate_sets) == 2


async def test_a_shortcut_to_few_is_taken_at_once_the_next_time_until_they_are_many(
    opened: str, candidate_sets: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    walks = 0
    batch_end = search.Search._batch_end

    async def counted(*arguments: Any) -> Any:
        nonlocal walks
        walks += 1
        return await batch_end(*arguments)

    monkeypatch.setattr(search.Search, "_batch_end", counted)
    for number in range(10):
        await add_user(f"{number:02}@example.com", name="Zoe" if number == 9 else "Ann")
    assert await everybody(UserFilters(q="zoe")) == ["09@example.com"]
    assert (len(candidate_sets), walks > 0) == (1, True)
    walks = 0
    assert await everybody(UserFilters(q="zoe")) == ["09@example.com"]
    assert (len(candidate_sets), walks) == (2, 0)
    for number in range(10, 20):
        await add_user(f"{number}@example.com", name="Zoe")
    found = ["09@example.com", *(f"{number}@example.com" for number in range(10, 20))]
    # Asked once by the shortcut, in vain; and then no more.
    for _ in range(2):
        assert await everybody(UserFilters(q="zoe")) == found
        assert len(candidate_sets) == 3
