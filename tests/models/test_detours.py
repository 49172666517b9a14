"""Shortcuts that lead too far: found out once, and tried again after a while."""

from __future__ import annotations

from typing import Any

import pytest

from api.identity import directory
from api.identity.directory import Asked
from models.listing import detours, search
from models.listing.detours import Detours
from models.listing.query import Way
from models.listing.sql import Dialect, Sql
from models.listing.users import UserFilters
from tests.models.rows import NOW, add_user

pytestmark = pytest.mark.anyio


def way(value: object) -> tuple[Way, ...]:
    return (Way(Sql("SELECT 1", (value,))),)


WAY, OTHER = way("a"), way("b")


def test_a_detour_is_known_for_a_while_and_for_as_many_rows() -> None:
    known = Detours()
    assert not known.is_known(WAY, 10, 0)
    known.note(WAY, 10, 0)
    assert known.is_known(WAY, 10, 1)
    assert known.is_known(WAY, 3, 1)
    # More might be worth sorting another time.
    assert not known.is_known(WAY, 11, 1)
    assert not known.is_known(OTHER, 10, 1)
    assert not known.is_known(WAY, 10, detours.SECONDS)


def test_the_oldest_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detours, "ENTRIES", 2)
    known = Detours()
    for number in range(2):
        known.note(way(number), 10, 0)
    known.note(way(0), 10, 0)
    known.note(WAY, 10, 0)
    assert known.is_known(way(0), 10, 1)
    assert not known.is_known(way(1), 10, 1)
    assert known.is_known(WAY, 10, 1)


@pytest.fixture
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that go by a shortcut, from now on."""
    for name, value in {"FEW": 3, "MANY": 3, "TRIED": 2, "NEAR": 2, "STEP": 2}.items():
        monkeypatch.setattr(search, name, value)
    monkeypatch.setattr(search, "PATIENCE", -1)
    monkeypatch.setattr(search, "_detours", Detours())
    asked: list[str] = []
    rows = Dialect.rows

    async def noted(self: Dialect, statement: Sql) -> list[dict[str, Any]]:
        if "WITH way_" in statement.text:
            asked.append(statement.text)
        return await rows(self, statement)

    monkeypatch.setattr(Dialect, "rows", noted)
    return asked


async def everybody(filters: UserFilters) -> list[str]:
    """All who fit, in however many pieces."""
    found = await directory.first_users(Asked("email", 100), filters, NOW)
    return [user.email for user in found]


async def test_a_search_finds_out_once_that_its_shortcut_leads_too_far(
    opened: str,
    shortcuts: list[str],
) -> None:
    for number in range(20):
        name = "Zoe" if number > 9 else "Ann"
        await add_user(f"{number:02}@example.com", name=name)
    assert await everybody(UserFilters(q="zoe")) == [
        f"{number}@example.com" for number in range(10, 20)
    ]
    assert len(shortcuts) == 1
    assert len(await everybody(UserFilters(q="zoe"))) == 10
    assert len(shortcuts) == 1
    # Another word is another question.
    assert len(await everybody(UserFilters(q="19@ex"))) == 1
    assert len(shortcuts) == 2
