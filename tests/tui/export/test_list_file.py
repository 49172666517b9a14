"""The export of a list: whole, or not at all."""

from __future__ import annotations

import csv
import errno
import json
import os
from pathlib import Path

import pytest

from tests.tui.by_hand import many_users
from tests.tui.world import SMALL, Size, Terminal, World
from tui.export.list_file import csv_line

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Every key is pressed, and every dialog drawn, at both sizes elsewhere."""
    return SMALL


USERS = 450
SECOND_PAGE = "limit=200&cursor="


async def begin(terminal: Terminal, file: Path) -> None:
    """Ask for an export of what is on screen into this file."""
    await terminal.press("e")
    await terminal.is_asked("Export")
    await terminal.press("end", "ctrl+u")
    await terminal.write(str(file))
    await terminal.press("enter")


async def test_a_filtered_list_goes_into_csv_with_all_its_pages(world: World) -> None:
    await many_users(USERS)
    file = world.folder / "users.csv"
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        await terminal.press("slash", *"role:user", "enter")
        await terminal.press("s")
        await begin(terminal, file)
        await terminal.hears(f"{USERS} rows are in {file}")
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["email"] for row in rows] == [f"p{i:04}@example.com" for i in range(USERS)]
    assert file.stat().st_mode & 0o777 == 0o600


async def test_json_lines_hold_the_rows_as_the_server_gave_them(world: World) -> None:
    made = await world.user("ann@example.com", "王小明")
    file = world.folder / "users.jsonl"
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await begin(terminal, file)
        await terminal.hears("2 rows are in")
    assert made in [json.loads(line) for line in file.read_text().splitlines()]


async def test_what_is_refused_as_a_filter_is_not_exported_without_it(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "1 row")
        await terminal.press("slash")
        await terminal.write("status:banana")
        await terminal.press("enter")
        await terminal.sees("'banana' is none of")
        await terminal.press("e")
        await terminal.hears("the filter is not in force: 'banana'")
        assert not terminal.question


async def test_a_cancelled_export_leaves_nothing(world: World) -> None:
    await many_users(USERS)
    file = world.folder / "users.csv"
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        world.transport.hold(SECOND_PAGE)
        await begin(terminal, file)
        await terminal.sees("exporting Users: 200 rows (E cancels)")
        await terminal.press("E")
        await terminal.hears("was cancelled; nothing was written")
    assert not leftovers(world)


async def test_an_export_that_breaks_off_leaves_nothing(world: World) -> None:
    await many_users(USERS)
    file = world.folder / "users.csv"
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        world.transport.hold(SECOND_PAGE)
        await begin(terminal, file)
        await terminal.sees("exporting Users: 200 rows")
        world.transport.go_away()
        await terminal.hears("the export broke off, nothing was written: no server answers")
    assert not leftovers(world)


async def test_q_asks_while_an_export_is_under_way(world: World) -> None:
    await many_users(USERS)
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        world.transport.hold(SECOND_PAGE)
        await begin(terminal, world.folder / "users.csv")
        await terminal.sees("exporting Users")
        await terminal.press("q")
        await terminal.is_asked("Quit?", "exporting Users")
        await terminal.press("n")
        assert terminal.app.is_running
        await terminal.press("q")
        await terminal.is_asked("Quit?")
        await terminal.press("y")
        await terminal.until(lambda: not terminal.app.is_running)
    assert not leftovers(world)


async def test_what_is_there_already_is_not_overwritten(world: World) -> None:
    file = world.folder / "users.csv"
    file.write_text("precious")
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await begin(terminal, file)
        await terminal.is_asked(f"✗ {file} is there already")
        # What was typed is there still.
        await terminal.press("home", *["right"] * len(str(world.folder)), "right", *"my-")
        await terminal.press("enter")
        await terminal.hears("1 rows are in")
    assert file.read_text() == "precious"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("users.xls", "ends neither in .csv nor in .jsonl"),
        ("nowhere/users.csv", "No such file"),
        ("a-file/users.csv", "Not a directory"),
        (f"{'u' * 240}.csv", "File name too long"),
        ("~nobody-of-that-name/users.csv", "there is no such home"),
    ],
)
async def test_a_file_that_cannot_be_is_said(world: World, name: str, words: str) -> None:
    (world.folder / "a-file").touch()
    file = Path(name) if name.startswith("~") else world.folder / name
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await begin(terminal, file)
        await terminal.until(lambda: words in terminal.question or words in terminal.news)
        assert terminal.app.is_running


@pytest.mark.parametrize("is_there", [False, True])
async def test_a_file_system_without_links_will_do(
    world: World, monkeypatch: pytest.MonkeyPatch, *, is_there: bool
) -> None:
    def refuse(beside: Path, file: Path) -> None:
        if is_there:
            file.write_text("come meanwhile")
        raise PermissionError(errno.EPERM, "Operation not permitted", str(beside))

    monkeypatch.setattr(os, "link", refuse)
    file = world.folder / "users.csv"
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await begin(terminal, file)
        await terminal.hears("is there already" if is_there else f"1 rows are in {file}")
    assert ("come meanwhile" in file.read_text()) == is_there
    assert leftovers(world) == ["users.csv"]


async def test_what_else_is_done_does_not_hide_an_export(world: World) -> None:
    await many_users(USERS)
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        world.transport.hold(SECOND_PAGE)
        await begin(terminal, world.folder / "users.csv")
        await terminal.sees("exporting Users")
        await terminal.arms()
        await terminal.press("down", "D", "y")
        await terminal.hears("enabled 1 user")
        await terminal.press("q")
        await terminal.is_asked("Quit?", "exporting Users")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\x1b=1", "\uff1d1"]
)
def test_no_cell_is_a_formula(text: str) -> None:
    [[cell]] = csv.reader([csv_line([text])])
    assert cell[0] == "'"
    assert cell[-1] == text[-1]


def test_no_cell_holds_a_control_character() -> None:
    line = csv_line(["a\x00b\x1b[2Jc\r\nd\x7f\x9b\u2028e\tf", ["x\ny"], {"k\n": "v\x07"}])
    assert line == 'a�b�[2Jc��d���e�f,x�y,"{""k\\n"": ""v\\u0007""}"\r\n'


def test_cells_are_what_a_spreadsheet_should_show() -> None:
    line = csv_line([None, True, 3, ["admin", "user"], {"a": 1}, 'say "hi", Ann'])
    assert line == ',true,3,admin user,"{""a"": 1}","say ""hi"", Ann"\r\n'


def leftovers(world: World) -> list[str]:
    """What an export has left in the folder, hidden files included."""
    return [path.name for path in world.folder.iterdir() if "users" in path.name]
