"""An identity is taken from a user: armed, chosen, asked, and refused where it is the only way in."""

from __future__ import annotations

import pytest

from models import database
from tests.tui.world import SMALL, Size, Terminal, World

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Every key is pressed, and every dialog drawn, at both sizes elsewhere."""
    return SMALL


async def linked(world: World, *providers: str) -> str:
    """Ann with these identities; her id."""
    user = await world.user("ann@example.com")
    await world.link(user, *providers)
    return str(user["id"])


async def identities(world: World, user_id: str) -> list[str]:
    shown = await world.ask("GET", f"/v1/admin/users/{user_id}/identities")
    return [one["provider"] for one in shown["data"]]


async def at_page(terminal: Terminal, *, is_armed: bool = True) -> None:
    await terminal.opens("2", "ann@example.com")
    if is_armed:
        await terminal.arms()
    row = next(row for row in terminal.table.window.rows if row.email == "ann@example.com")
    terminal.table.put_cursor_on(row.id)
    await terminal.press("enter")
    await terminal.sees("Users › ann@exam", "Signs in by")


async def test_the_one_identity_goes_after_a_yes(world: World) -> None:
    user_id = await linked(world, "github")
    async with world.terminal() as terminal:
        await at_page(terminal)
        await terminal.sees("This user has none.", "github (ann@github.example)")
        await terminal.press("i")
        await terminal.is_asked(
            "Unlink GitHub from ann@example.com?",
            "The GitHub identity ann@github.example of ann@example.com goes",
            "can no longer sign in with GitHub. Sessions and API keys go on.",
        )
        await terminal.press("enter")
        await terminal.until(lambda: not terminal.question)
        assert await identities(world, user_id) == ["github"]
        await terminal.press("i")
        await terminal.is_asked("Unlink GitHub")
        await terminal.press("y")
        await terminal.hears("unlinked GitHub from ann@example.com")
        await terminal.sees("Signs in by local")
    assert await identities(world, user_id) == []


async def test_of_more_than_one_the_operator_chooses(world: World) -> None:
    user_id = await linked(world, "github", "google")
    async with world.terminal() as terminal:
        await at_page(terminal)
        await terminal.press("i")
        await terminal.is_asked("Which identity of ann@example.com?")
        await terminal.sees("GitHub: ann@github.example", "Google: ann@google.example")
        await terminal.press("escape")
        await terminal.until(lambda: not terminal.question)
        await terminal.press("i")
        await terminal.is_asked("Which identity of ann@example.com?")
        await terminal.press("down", "enter")
        await terminal.is_asked("Unlink Google from ann@example.com?")
        await terminal.press("y")
        await terminal.hears("unlinked Google")
    assert await identities(world, user_id) == ["github"]


async def test_several_at_one_provider_want_their_number(world: World) -> None:
    user_id = await linked(world, "github", "github")
    async with world.terminal() as terminal:
        await at_page(terminal)
        await terminal.press("i")
        await terminal.is_asked("The 2 GitHub identities", "Type 2")
        await terminal.press("2", "enter")
        await terminal.hears("unlinked GitHub")
    assert await identities(world, user_id) == []


async def test_the_only_way_in_stays_and_the_server_says_why(world: World) -> None:
    user_id = await linked(world, "github")
    await database.connection().execute_query(
        f"UPDATE users SET password_hash = NULL WHERE id = '{user_id}'"
    )
    async with world.terminal() as terminal:
        await at_page(terminal)
        await terminal.press("i", "y")
        await terminal.hears("This is the only way to sign in to the account")
    assert await identities(world, user_id) == ["github"]


async def test_read_only_refuses_and_says_how_to_arm(world: World) -> None:
    await linked(world, "github")
    async with world.terminal() as terminal:
        await at_page(terminal, is_armed=False)
        await terminal.press("i")
        await terminal.hears("read-only: press R to arm")
        assert not terminal.question


async def test_where_there_is_none_it_is_said(world: World) -> None:
    user_id = await linked(world)
    async with world.terminal() as terminal:
        await terminal.opens("5", "auth.login")
        await terminal.arms()
        await terminal.press("colon")
        await terminal.write(user_id)
        await terminal.sees("Unlink an identity of the user")
        await terminal.press("down", "down", "down", "enter")
        await terminal.hears("ann@example.com has no identity to unlink")
