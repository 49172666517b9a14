"""Columns that share a width, and pages that come and go."""

from __future__ import annotations

import pytest

from tui.lists.all import LISTINGS
from tui.lists.columns import GAP, shared
from tui.lists.page_buffer import PAGES, Origin, PageBuffer
from tui.lists.schemas import Page, Row


def page(first: int, count: int = 2, *, is_last: bool = False) -> Page[Row]:
    rows = tuple(Row(id=str(number)) for number in range(first, first + count))
    before = None if first == 0 else f"<{first}"
    return Page[Row](
        data=rows, previous_cursor=before, next_cursor=None if is_last else f">{first}"
    )


def ids(pages: PageBuffer[Row]) -> str:
    return "".join(row.id for row in pages.window.rows)


@pytest.mark.parametrize("name", LISTINGS)
@pytest.mark.parametrize("width", [20, 75, 76, 95, 200])
@pytest.mark.parametrize("is_sorted", [True, False])
def test_columns_fill_a_width_and_never_exceed_it(
    name: str, width: int, *, is_sorted: bool
) -> None:
    listing = LISTINGS[name]
    columns = shared(listing.columns, width, listing.sort if is_sorted else "")
    if is_sorted and width > 20:
        assert listing.sort.lstrip("-") in {column.sort for column, _ in columns}
    assert columns[0][0] is LISTINGS[name].columns[0]
    used = sum(size for _, size in columns) + GAP * (len(columns) - 1)
    assert used <= max(width, columns[0][1])
    assert all(column.least <= size <= column.most for column, size in columns)


def test_pages_behind_push_out_pages_before() -> None:
    pages: PageBuffer[Row] = PageBuffer()
    pages.start(page(0), Origin())
    assert pages.window.begins_the_list
    for first in (2, 4, 6):
        pages.append(page(first), Origin(f">{first - 2}"))
    assert ids(pages) == "234567"
    assert pages.window.before == "<2"
    assert pages.origin == Origin(">0")
    pages.prepend(page(0), Origin("<2", is_backward=True))
    assert ids(pages) == "012345"
    assert pages.window.begins_the_list
    assert not pages.window.ends_the_list
    # Before the cursor by which one came back there may be more than a page by now.
    assert pages.origin == Origin()
    assert PAGES == 3


def test_a_row_that_moved_between_two_requests_is_there_once() -> None:
    pages: PageBuffer[Row] = PageBuffer()
    pages.start(page(0), Origin())
    pages.append(page(1), Origin(">0"))
    assert ids(pages) == "012"


def test_rows_change_leave_and_rise_in_place() -> None:
    pages: PageBuffer[Row] = PageBuffer()
    pages.start(page(0), Origin())
    pages.append(page(2, is_last=True), Origin(">0"))
    pages.change(lambda row: None if row.id == "1" else row)
    assert ids(pages) == "023"
    pages.move_to_top("3")
    assert ids(pages) == "302"
    pages.put(1, Row(id="9"))
    assert ids(pages) == "3902"
    pages.put(99, Row(id="8"))
    assert ids(pages) == "39028"
