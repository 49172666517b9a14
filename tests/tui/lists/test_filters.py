"""What is typed behind `/`, list by list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui.lists.all import LISTINGS
from tui.lists.filters import parsed

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text", "parameters"),
    [
        ("users", "", {}),
        ("users", "ann", {"q": "ann"}),
        ("users", "ann beck", {"q": "ann beck"}),
        ("users", "role:admin ann", {"role": "admin", "q": "ann"}),
        ("users", "disabled:yes provider:GitHub", {"disabled": "true", "provider": "github"}),
        ("users", '"role:admin"', {"q": "role:admin"}),
        ("users", 'ann "', {"q": "ann"}),
        ("users", "O'Neil", {"q": "O'Neil"}),
        ("users", "role:", {}),
        ("api-keys", "status:never-used", {"status": "never_used"}),
        ("api-keys", "status:unused", {"status": "stale"}),
        ("api-keys", "unused:30", {"status": "stale", "stale_days": "30"}),
        ("api-keys", "unused:30d status:stale", {"status": "stale", "stale_days": "30"}),
        ("api-keys", "owner:ann@ ci", {"owner": "ann@", "q": "ci"}),
        ("sessions", "owner:ann@", {"q": "ann@"}),
        ("api-keys", "evr_" + "1a2b3c4d" * 8, {"q": "evr_1a2b3c4d"}),
        ("api-keys", "EVR_" + "1A2B3C4D" * 8, {"q": "EVR_1A2B3C4D"}),
        ("sessions", "status:all", {"status": "all"}),
        ("sessions", "status:live owner:ann@", {"status": "live", "q": "ann@"}),
        (
            "audit",
            "action:auth.login outcome:failure",
            {"action": "auth.login", "outcome": "failure"},
        ),
        ("audit", "since:2h", {"since": "2026-11-25T10:00:00Z"}),
        (
            "audit",
            "since:90min until:2026-11-25",
            {"since": "2026-11-25T10:30:00Z", "until": "2026-11-25T00:00:00Z"},
        ),
        ("audit", "since:2026-11-25T10:00:00+02:00", {"since": "2026-11-25T08:00:00Z"}),
    ],
)
def test_words_become_a_query(name: str, text: str, parameters: dict[str, str]) -> None:
    found = parsed(text, LISTINGS[name].words, NOW)
    assert not found.problem
    assert found.parameters == parameters


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        (
            "users",
            "colour:red",
            "'colour:' is no word here; there are: role:, provider:, disabled:",
        ),
        ("users", "disabled:maybe", "'maybe' is neither yes nor no"),
        ("api-keys", "status:dead", "'dead' is none of: live, expired, never_used, stale"),
        ("api-keys", "unused:soon", "'soon' is no number of days from 1 to 36500"),
        ("api-keys", "unused:0", "'0' is no number of days from 1 to 36500"),
        (
            "api-keys",
            "unused:30 status:live",
            "'status:live' contradicts another word of this filter",
        ),
        ("api-keys", "owner:ann owner:bob", "'owner:bob' contradicts another word of this filter"),
        ("sessions", "user:nob", "'nob' is neither an address nor an id"),
        ("audit", "since:yesterday", "'yesterday' is no time: 2026-11-24, 90min, 2h or 7d"),
        *(
            ("audit", f"since:{at}", f"'{at}' is no time: 2026-11-24, 90min, 2h or 7d")
            for at in ("0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00")
        ),
        ("audit", "since:99999999999h", "'99999999999h' is no time: 2026-11-24, 90min, 2h or 7d"),
    ],
)
def test_what_cannot_be_asked_is_said(name: str, text: str, problem: str) -> None:
    assert parsed(text, LISTINGS[name].words, NOW).problem == problem


@pytest.mark.parametrize("name", LISTINGS)
def test_sorting_goes_round_all_columns_and_back(name: str) -> None:
    listing = LISTINGS[name]
    sorts = [listing.sort]
    while (following := listing.next_sort(sorts[-1])) not in sorts and len(sorts) < 9:
        sorts.append(following)
    assert {sort.lstrip("-") for sort in sorts} == set(listing.sorts)
    assert listing.reversed_sort(listing.reversed_sort(listing.sort)) == listing.sort


@pytest.mark.parametrize(
    ("name", "sort", "following"),
    [
        ("audit", "-at", "-at"),
        ("audit", "at", "-at"),
        ("users", "email", "name"),
        ("users", "-created_at", "email"),
        ("api-keys", "name", "-last_used_at"),
    ],
)
def test_times_are_sorted_with_the_newest_first(name: str, sort: str, following: str) -> None:
    assert LISTINGS[name].next_sort(sort) == following


@pytest.mark.parametrize(
    ("text", "is_short"),
    [("a", True), ("an", True), ("owner:an", True), ("東", True), ("a東", True), ('" a "', True)]
    + [
        (text, False)
        for text in ("", "ann", "東京", "owner:東京", "ชา", "status:stale", "user:a@b")
    ],
)
def test_a_short_word_is_known_to_find_beginnings_only(text: str, *, is_short: bool) -> None:
    found = parsed(text, LISTINGS["api-keys"].words, NOW)
    assert (found.problem, found.finds_beginnings_only) == ("", is_short)
