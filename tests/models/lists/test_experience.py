"""Candidate sets that have too many rows, or few: found out once, and read again after a while."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from api.administration import queries
from api.administration.queries import page_request
from models import database
from models.engines.dialect import Dialect
from models.lists import experience
from models.lists.budget import Budget
from models.lists.experience import Experience, Question
from models.lists.query import CandidateQuery
from models.lists.users import SORTS, UserFilters
from models.sql import Sql
from tests.models.rows import NOW, add_user

pytestmark = pytest.mark.anyio


def candidate_query(value: object) -> Question:
    return (), (CandidateQuery(Sql("SELECT 1", (value,))),)


ONE, OTHER = candidate_query("a"), candidate_query("b")


def test_a_detour_is_known_for_a_while_and_for_as_many_rows() -> None:
    known = Experience()
    assert not known.is_detour(ONE, 10, 0)
    known.note_detour(ONE, 10, 0)
    assert known.is_detour(ONE, 10, 1)
    assert known.is_detour(ONE, 3, 1)
    # More might be worth sorting another time.
    assert not known.is_detour(ONE, 11, 1)
    assert not known.is_detour(OTHER, 10, 1)
    assert not known.is_detour(ONE, 10, experience.SECONDS)


def test_what_leads_to_few_is_known_for_a_while_and_until_it_leads_to_more() -> None:
    known = Experience()
    assert not known.is_few(ONE, 0)
    known.note_few(ONE, 0)
    assert known.is_few(ONE, 1)
    assert not known.is_detour(ONE, 10, 1)
    assert not known.is_few(OTHER, 1)
    # Nor in another part of the table.
    assert not known.is_few(((Sql("t.user_id = ?", ("a",)),), ONE[1]), 1)
    known.note_few(ONE, 1)
    assert not known.is_few(ONE, experience.SECONDS)
    known.note_few(ONE, experience.SECONDS)
    assert known.is_few(ONE, experience.SECONDS + 1)
    known.note_detour(ONE, 10, 1)
    assert not known.is_few(ONE, 2)


def test_the_oldest_is_forgotten_first() -> None:
    known = Experience(max_entries=2)
    for number in range(2):
        known.note_detour(candidate_query(number), 10, 0)
    known.note_detour(candidate_query(0), 10, 0)
    known.note_detour(ONE, 10, 0)
    assert known.is_detour(candidate_query(0), 10, 1)
    assert not known.is_detour(candidate_query(1), 10, 1)
    assert known.is_detour(ONE, 10, 1)


SMALL = Budget(
    few_candidates=3,
    always_sorted=3,
    most_sorted=3,
    first_batch=2,
    near_batch=2,
    further_batch=2,
    seconds=-1,
)


@dataclass
class Statements:
    """The numbers of statements that read a candidate set, and of those that end a batch."""

    of_candidates: int = 0
    of_batches: int = 0


@pytest.fixture
def statements(opened: str, monkeypatch: pytest.MonkeyPatch) -> Statements:
    """The statements from now on."""
    asked = Statements()
    dialect = database.engine().dialect
    rows = dialect.rows

    async def noted(_: Dialect, statement: Sql) -> list[dict[str, Any]]:
        asked.of_candidates += "WITH candidates_" in statement.text
        asked.of_batches += "row_number() OVER" in statement.text
        return await rows(statement)

    monkeypatch.setattr(type(dialect), "rows", noted)
    return asked


async def everybody(q: str, known: Experience) -> list[str]:
    """All who are found, in however many pieces."""
    request = page_request(UserFilters(q=q), SORTS, sort="email", limit=100)
    found = await queries.first_users(replace(request, budget=SMALL, experience=known), NOW)
    return [user.email for user in found]


async def test_a_search_finds_out_once_that_its_candidates_are_too_many(
    opened: str, statements: Statements
) -> None:
    for number in range(20):
        name = "Zoe" if number > 9 else "Ann"
        await add_user(f"{number:02}@example.com", name=name)
    known = Experience()
    assert await everybody("zoe", known) == [f"{number}@example.com" for number in range(10, 20)]
    assert statements.of_candidates == 1
    assert len(await everybody("zoe", known)) == 10
    assert statements.of_candidates == 1
    # Another word is another question.
    assert len(await everybody("19@ex", known)) == 1
    assert statements.of_candidates == 2


async def test_few_candidates_are_sorted_at_once_the_next_time_until_they_are_many(
    opened: str, statements: Statements
) -> None:
    for number in range(10):
        await add_user(f"{number:02}@example.com", name="Zoe" if number == 9 else "Ann")
    known = Experience()
    assert await everybody("zoe", known) == ["09@example.com"]
    assert (statements.of_candidates, statements.of_batches > 0) == (1, True)
    statements.of_batches = 0
    assert await everybody("zoe", known) == ["09@example.com"]
    assert (statements.of_candidates, statements.of_batches) == (2, 0)
    for number in range(10, 20):
        await add_user(f"{number}@example.com", name="Zoe")
    found = ["09@example.com", *(f"{number}@example.com" for number in range(10, 20))]
    # The candidates are read once more, in vain; and then no more.
    for _ in range(2):
        assert await everybody("zoe", known) == found
        assert statements.of_candidates == 3
