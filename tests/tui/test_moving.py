"""Moving about: the views, into a row and back to it, finding, sorting, marking, help."""

from __future__ import annotations

import pytest

from tests.tui.by_hand import many_users
from tests.tui.world import SMALL, World
from tui.lists.page_buffer import PAGE_ROWS
from tui.widgets.list_pane import ListPane

# Every key is pressed at both sizes in test_every_key.
pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("size", [SMALL], ids=["80x24"])]

# More rows than a screen has lines.
MANY = 30


async def test_digits_lead_to_the_five_views(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "E-mail", "Roles")
        await terminal.opens("3", "Owner", "Status")
        await terminal.opens("4", "User", "Program")
        await terminal.opens("5", "Action", "auth.login")
        await terminal.opens("1", "Keys most recently used", "migrations current")


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("2", ("Users › ann@example.com", "Signs in by")),
        ("3", ("API keys › ", "Scopes")),
        ("4", ("Sessions › session of", "Program")),
        ("5", ("Audit › auth.", "Request")),
    ],
)
async def test_enter_opens_a_row_and_escape_goes_back_to_it(
    world: World, view: str, words: tuple[str, ...]
) -> None:
    for name in ("bob", "ann"):
        await world.user(f"{name}@example.com")
        await world.key(f"{name}@example.com", f"{name}'s")
    async with world.terminal() as terminal:
        await terminal.opens(view, "3 rows" if view in "234" else " rows")
        if view == "2":
            terminal.table.put_cursor_on(
                next(row.id for row in terminal.table.window.rows if row.email.startswith("ann"))
            )
        else:
            await terminal.press("down")
        row = terminal.current.id
        await terminal.press("enter")
        await terminal.sees(*words)
        await terminal.press("escape")
        await terminal.sees(" rows")
        assert terminal.current.id == row


async def test_a_user_shows_what_is_theirs(world: World) -> None:
    await world.user("ann@example.com", "Ann")
    await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("2", "ann@example.com")
        await terminal.press("enter")
        await terminal.sees("Users › ann@exam", "1 row", "Sessions")
        await terminal.press("tab")
        await terminal.sees("ci-deploy")
        await terminal.press("tab")
        await terminal.sees("auth.api_key.created", "auth.user.created")
        await terminal.press("shift+tab", "enter")
        await terminal.sees("API keys › ci-deploy")
        await terminal.press("o")
        await terminal.sees("Users › ann@exam")


async def test_a_slash_filters_on_the_server_as_one_types(world: World) -> None:
    for name in ("ann", "bob", "carol"):
        await world.user(f"{name}@example.com", name.title(), *(["admin"] if name == "bob" else []))
    async with world.terminal() as terminal:
        await terminal.opens("2", "4 rows")
        await terminal.press("slash")
        await terminal.write("carol")
        await terminal.sees("carol@example.com", "1 row")
        await terminal.press("enter")
        assert terminal.app.focused is terminal.table
        await terminal.press("escape")
        await terminal.sees("4 rows")
        await terminal.press("slash")
        await terminal.write("role:admin bob")
        await terminal.sees("bob@example.com", "1 row")


async def test_a_word_that_is_none_is_said_and_changes_nothing(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "1 row")
        await terminal.press("slash")
        await terminal.write("colour:red")
        await terminal.sees("'colour:' is no word here; there are: role:, provider:, disabled:")
        assert terminal.table.window.begins_the_list


async def test_s_sorts_and_the_title_says_so(world: World) -> None:
    for name in ("bob", "ann"):
        await world.user(f"{name}@example.com", name.title())
    async with world.terminal() as terminal:
        await terminal.opens("2", "3 rows")
        await terminal.press("s")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "ann@example.com")
        assert "E-mail↑" in terminal.text
        await terminal.press("S")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "root@example.com")
        assert "E-mail↓" in terminal.text


async def test_the_mouse_chooses_opens_and_sorts(world: World) -> None:
    for name in ("bob", "ann"):
        await world.user(f"{name}@example.com", name.title())
    async with world.terminal() as terminal:
        await terminal.opens("2", "3 rows")
        await terminal.pilot.click(type(terminal.table), offset=(6, 0))
        await terminal.until(lambda: "E-mail↑" in terminal.text and "ann@" in terminal.lines[3])
        await terminal.pilot.click(type(terminal.table), offset=(6, 2))
        assert terminal.current.email == "bob@example.com"
        await terminal.pilot.click(type(terminal.table), offset=(6, 2), times=2)
        await terminal.sees("Users › bob@example.com")


async def test_marks_survive_scrolling_and_filtering_and_are_counted(world: World) -> None:
    await many_users(4 * PAGE_ROWS)
    async with world.terminal() as terminal:
        await terminal.opens("2", "more below")
        await terminal.press("s")
        await terminal.until(lambda: terminal.table.window.rows[0].email == "p0000@example.com")
        await terminal.press("space", "space")
        await terminal.sees("✓ 2 marked")
        for _ in range(30):
            await terminal.press("pagedown")
        await terminal.sees("more above", "✓ 2 marked")
        await terminal.press("slash", *"p0001", "enter")
        await terminal.sees("1 row ", "✓ p0001@example.com", "✓ 2 marked")
        pane = terminal.app.screen.query_one(ListPane)
        assert [row.email for row in pane.chosen] == [
            "p0000@example.com",
            "p0001@example.com",
        ]
        await terminal.press("u")
        await terminal.no_longer_sees("marked")


async def test_help_names_every_key_of_this_view_and_the_words(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.press("question_mark")
        await terminal.until(lambda: "Revoke" in terminal.question)
        assert terminal.question.index("Revoke") < terminal.question.index("Row up")
        for words in ("status:", "unused:", "Export to CSV", "Pause the live feed", "›"):
            assert words in terminal.question
        await terminal.press("escape")
        assert terminal.app.focused is terminal.table


async def test_escape_out_of_a_filter_stays_on_the_row(world: World) -> None:
    for name in ("ann", "bob", "carol"):
        await world.user(f"{name}@example.com", "Of the team")
    async with world.terminal() as terminal:
        await terminal.opens("2", "4 rows")
        await terminal.press("slash")
        await terminal.write("team")
        await terminal.press("enter")
        await terminal.sees("3 rows")
        await terminal.press("down")
        row = terminal.current.id
        await terminal.press("escape")
        await terminal.sees("4 rows")
        assert terminal.current.id == row


async def test_a_filter_that_was_only_opened_leaves_nothing_behind(world: World) -> None:
    for name in ("ann", "bob", "carol"):
        await world.user(f"{name}@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "4 rows")
        await terminal.press("slash", "escape", "down", "down")
        row = terminal.current.id
        await world.user("dave@example.com")
        await terminal.sees("5 rows")
        assert terminal.current.id == row


async def test_y_copies_by_way_of_the_terminal(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.press("y")
        assert terminal.app.clipboard == terminal.current.id
        await terminal.press("Y")
        assert terminal.app.clipboard == world.operator_key[:12]


async def test_themes_are_remembered(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "root@example.com")
        await terminal.press("t")
        theme = terminal.app.theme
    async with world.terminal() as terminal:
        assert terminal.app.theme == theme != "everruns-dark"


async def test_q_leaves_at_once_when_nothing_is_under_way(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("2", "root@example.com")
        await terminal.press("q")
        await terminal.until(lambda: not terminal.app.is_running)


async def test_a_list_that_is_left_alone_shows_its_head(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        first = terminal.current.id
        await world.user("a@example.com")
        await terminal.until(lambda: terminal.table.window.rows[0].id != first)
        assert terminal.current.id == first
        await many_events(world)
        await terminal.sees("the top stays on screen (↓ chooses a row)")
        assert terminal.table.is_left_alone
        assert terminal.lines[3].startswith("  ")
        newest = terminal.table.window.rows[0].id
        await terminal.press("down")
        assert terminal.current.id == newest
        await terminal.no_longer_sees("the top stays on screen")


async def test_a_cursor_that_was_moved_keeps_its_row_on_screen(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.press("down")
        row = terminal.current.id
        rows = len(terminal.table.window.rows)
        await many_events(world)
        await terminal.until(lambda: len(terminal.table.window.rows) >= rows + MANY)
        assert terminal.current.id == row
        assert terminal.current_line
        # Back at the head, it is left alone again.
        await terminal.press("home")
        await many_events(world, "c")
        await terminal.until(lambda: terminal.table.is_left_alone)


async def many_events(world: World, prefix: str = "b") -> None:
    for number in range(MANY):
        await world.ask("POST", "/v1/admin/users", json={"email": f"{prefix}{number}@example.com"})
