"""How columns share a width: the important ones stay, and what is cut grows before what is not."""

from __future__ import annotations

from tui.lists.columns import Cell, Column, shared
from tui.lists.users import USERS

COLUMNS: tuple[Column[str], ...] = (
    Column("A", lambda row, _: Cell(row), 10, 30, 0),
    Column("B", lambda row, _: Cell(row), 10, 30, 2, "b"),
    Column("C", lambda row, _: Cell(row), 10, 30, 1),
)


def widths(width: int, **wanted: int) -> dict[str, int]:
    return {column.title: cells for column, cells in shared(COLUMNS, width, wanted=wanted)}


def test_the_highest_rank_leaves_first() -> None:
    assert widths(34) == {"A": 10, "B": 10, "C": 10}
    assert widths(33) == {"A": 16, "C": 15}
    assert widths(5) == {"A": 10}


def test_the_column_of_the_order_stays() -> None:
    assert [column.title for column, _ in shared(COLUMNS, 22, "-b")] == ["A", "B"]


def test_what_is_cut_grows_first_by_its_rank() -> None:
    assert widths(54, A=25, B=30, C=12) == {"A": 25, "B": 13, "C": 12}
    assert widths(44, A=99, B=30, C=12) == {"A": 20, "B": 10, "C": 10}


def test_where_all_fits_the_rest_is_shared() -> None:
    assert widths(43, A=3, B=3, C=3) == {"A": 13, "B": 13, "C": 13}


def test_an_address_has_room_before_roles() -> None:
    wanted = {"E-mail": 36, "Roles": 20, "Name": 28}
    found = {column.title: cells for column, cells in shared(USERS.columns, 95, wanted=wanted)}
    assert found["E-mail"] == 33
    assert found["Roles"] == 10
