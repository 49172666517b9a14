"""What of a list is asked for anew: whoever is expected in vain is not looked for again and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tui.widgets.refresh_queue import RefreshQueue

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def test_whoever_was_sought_in_vain_belongs_elsewhere() -> None:
    due = RefreshQueue()
    assert due.expect("1", NOW)
    assert due.is_head
    due.seek()
    due.found(["2"], horizon=None, is_new=False)
    assert not due.expect("1", NOW)
    assert not due.is_head


def test_whoever_is_expected_while_the_head_is_on_its_way_is_still_to_be_looked_for() -> None:
    due = RefreshQueue()
    due.expect("1", NOW)
    due.seek()
    due.expect("2", NOW)
    due.found(["1"], horizon=None, is_new=False)
    assert due.is_head
    assert due.expect("2", NOW)


def test_for_another_query_everyone_is_looked_for_anew() -> None:
    due = RefreshQueue()
    due.expect("1", NOW)
    due.seek()
    due.found([], horizon=None, is_new=False)
    due.seek()
    due.found([], horizon=None, is_new=True)
    assert due.expect("1", NOW)


def test_a_few_rows_are_asked_for_by_themselves_and_many_with_the_head() -> None:
    due = RefreshQueue()
    for row in "123":
        due.renew(row)
    assert sorted(due.rows()) == ["1", "2", "3"]
    assert due.rows() == ()
    assert not due.is_head
    for row in "123456":
        due.renew(row)
    assert due.rows() == ()
    assert due.is_head


def test_whoever_may_be_further_down_than_is_loaded_is_looked_for_again() -> None:
    due = RefreshQueue()
    due.expect("1", NOW)
    due.seek()
    due.found(["2"], horizon=NOW + timedelta(seconds=1), is_new=False)
    assert due.expect("1", NOW)
    due.seek()
    due.found(["2"], horizon=NOW - timedelta(seconds=1), is_new=False)
    assert not due.expect("1", NOW)


def test_a_row_that_has_changed_is_looked_for_again() -> None:
    due = RefreshQueue()
    due.expect("1", NOW)
    due.seek()
    due.found([], horizon=None, is_new=False)
    due.doubt("1")
    assert due.expect("1", NOW)
