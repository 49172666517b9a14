"""Ending and changing access: armed, asked, answered; refused in the server's words."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.clients import OPERATOR_EMAIL, OPERATOR_PASSWORD
from tests.support.people import PASSWORD
from tests.tui.world import Terminal, World

pytestmark = pytest.mark.anyio


async def at_user(terminal: Terminal, email: str) -> None:
    """Armed, in the list of users, with the cursor on one of them."""
    await terminal.opens("2", email)
    await terminal.arms()
    row = next(row for row in terminal.table.window.rows if row.email == email)
    terminal.table.put_cursor_on(row.id)
    await terminal.pilot.pause()


@pytest.mark.parametrize(("view", "keys"), [("2", "ldDmn"), ("3", "x"), ("4", "xl")])
async def test_read_only_refuses_and_says_how_to_arm(world: World, view: str, keys: str) -> None:
    async with world.terminal() as terminal:
        await terminal.opens(view, OPERATOR_EMAIL if view == "4" else "1 row")
        for key in keys:
            terminal.app.clear_notifications()
            await terminal.press(key)
            await terminal.hears("read-only: press R to arm")
            assert not terminal.question


async def test_a_lock_cannot_be_taken_off(world: World) -> None:
    target = world.target(lock="it was started with --read-only")
    async with world.terminal(target) as terminal:
        await terminal.opens("3", "READ-ONLY (locked)", "the dashboard's")
        await terminal.press("R", "x")
        await terminal.hears("read-only: it was started with --read-only")
        assert not terminal.app.is_armed
        assert not terminal.question


@pytest.mark.parametrize("no", ["n", "escape", "enter"])
async def test_the_answer_is_no_unless_somebody_says_yes(world: World, no: str) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.arms()
        await terminal.press("x")
        await terminal.is_asked("the dashboard's of root@example.com")
        await terminal.press(no)
        await terminal.until(lambda: not terminal.question)
    assert await world.use(world.operator_key) == 200


async def test_several_keys_die_once_their_number_is_typed(world: World) -> None:
    await world.user("ann@example.com")
    keys = [await world.key("ann@example.com", f"key-{number}") for number in range(3)]
    async with world.terminal() as terminal:
        await terminal.opens("3", "key-2")
        await terminal.arms()
        await terminal.press("slash", *"ann@", "enter")
        await terminal.sees("3 rows")
        await terminal.press("space", "space", "space", "x")
        await terminal.is_asked("Revoke 3 API keys?", "key-1 of ann@example.com", "Type 3")
        await terminal.press("y", "enter")
        assert terminal.question
        await terminal.press("backspace", "3", "enter")
        await terminal.hears("revoked 3 API keys")
        await terminal.no_longer_sees("marked")
        await terminal.sees("0 rows")
    assert [await world.use(key["key"]) for key in keys] == [401, 401, 401]


async def test_a_session_ends(world: World) -> None:
    await world.user("ann@example.com")
    bearer = await world.session("ann@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("4", "ann@example.com")
        await terminal.arms()
        assert terminal.current.user_email == "ann@example.com"
        await terminal.press("x")
        await terminal.is_asked("The session of ann@example.com from 127.0.0.1 (python-httpx")
        await terminal.press("y")
        await terminal.hears("ended 1 session")
        await terminal.until(
            lambda: "✗" in terminal.current_line or "root" in terminal.current_line
        )
    assert (await world.http.get("/v1/auth/me", headers=bearer)).status_code == 401


async def test_force_logout_of_several_sessions_wants_the_address(world: World) -> None:
    await world.user("ann@example.com")
    bearers = [await world.session("ann@example.com") for _ in range(2)]
    async with world.terminal() as terminal:
        await at_user(terminal, "ann@example.com")
        await terminal.press("l")
        await terminal.is_asked("All 2 sessions of ann@example.com end now", "Type ann@")
        await terminal.write("ann@example.com")
        await terminal.press("enter")
        await terminal.hears("ended 2 sessions")
        await terminal.until(lambda: terminal.current.session_count == 0)
    for bearer in bearers:
        assert (await world.http.get("/v1/auth/me", headers=bearer)).status_code == 401


async def test_a_user_is_disabled_and_enabled_again(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await at_user(terminal, "ann@example.com")
        await terminal.press("d")
        await terminal.is_asked("ann@example.com is shut out now: 1 session and 1 API key")
        await terminal.write("ann@example.com")
        await terminal.press("enter")
        await terminal.hears("disabled 1 user")
        await terminal.sees("disabled")
        assert await world.use(key["key"]) == 401
        await terminal.press("D")
        await terminal.is_asked("ann@example.com may sign in again, and 1 API key work")
        await terminal.press("y")
        await terminal.hears("enabled 1 user")
        assert await world.use(key["key"]) == 200


async def test_roles_are_set_after_a_form_and_a_yes(world: World) -> None:
    user = await world.user("ann@example.com")
    async with world.terminal(world.target(api_key=None)) as terminal:
        # No key gives the role.
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("Overview", "● live")
        await at_user(terminal, "ann@example.com")
        await terminal.press("m")
        await terminal.is_asked("Roles of ann@example.com")
        await terminal.write(" admin")
        await terminal.press("enter")
        await terminal.is_asked("has user and gets user, admin", "They can do everything then")
        await terminal.press("y")
        await terminal.hears("ann@example.com has the roles: user, admin")
        await terminal.until(lambda: terminal.current.roles == ("user", "admin"))
    shown = await world.ask("GET", f"/v1/admin/users/{user['id']}")
    assert shown["roles"] == ["user", "admin"]


async def test_a_user_is_created_and_what_is_refused_can_be_put_right(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        # No key gives a password.
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("Overview", "● live")
        await terminal.opens("2", "1 row")
        await terminal.arms()
        await terminal.press("n")
        await terminal.is_asked("New user")
        await terminal.write("not an address")
        await terminal.press("enter", "enter")
        await terminal.write(PASSWORD)
        await terminal.press("enter", "enter")
        await terminal.is_asked("New user", "✗ Email must be an address")
        await terminal.press("home", *["delete"] * len("not an address"))
        await terminal.write("carol@example.com")
        await terminal.press("enter", "enter", "enter", "enter")
        await terminal.hears("created carol@example.com (user)")
        await terminal.sees("carol@example.com", "2 rows")
    # With what was typed the first time.
    await world.session("carol@example.com")


async def test_with_a_key_nobody_is_made_an_operator_and_the_dashboard_says_why(
    world: World,
) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await at_user(terminal, "ann@example.com")
        await terminal.press("m")
        await terminal.is_asked("Roles of ann@example.com")
        await terminal.write(" admin")
        await terminal.press("enter")
        await terminal.is_asked("has user and gets user, admin")
        await terminal.press("y")
        await terminal.sees("an API key does not suffice: sign in")


async def test_roles_that_are_refused_can_be_put_right(world: World) -> None:
    await world.user("ann@example.com")
    async with world.terminal() as terminal:
        await at_user(terminal, "ann@example.com")
        await terminal.press("m")
        await terminal.is_asked("Roles of ann@example.com")
        await terminal.write(" No!")
        await terminal.press("enter")
        await terminal.is_asked("has user and gets user, No!")
        await terminal.press("y")
        await terminal.is_asked("Roles of ann@example.com", "✗", "characters a-z")
        await terminal.press("backspace", "backspace", "backspace")
        await terminal.write("ops")
        await terminal.press("enter")
        await terminal.is_asked("has user and gets user, ops")
        await terminal.press("y")
        await terminal.hears("ann@example.com has the roles: user, ops")


async def test_all_that_dies_can_be_read_without_a_mouse(world: World) -> None:
    await world.user("ann@example.com")
    for number in range(9):
        await world.key("ann@example.com", f"key-{number}")
    async with world.terminal() as terminal:
        await terminal.opens("3", "10 rows")
        await terminal.arms()
        # Without the dashboard's own, which comes to the head once its use is written.
        await terminal.press("slash", *"key-", "enter")
        await terminal.sees("9 rows")
        await terminal.press("home", *["space"] * 9, "x")
        await terminal.is_asked("Revoke 9 API keys?", "9 in all; PgUp and PgDn scroll")
        names = terminal.app.screen.query_one(".names")
        shown = names.scroll_y
        await terminal.press("pagedown")
        await terminal.until(lambda: names.scroll_y > shown)
        await terminal.write("8")
        await terminal.press("enter")
        await terminal.is_asked("✗ not 9: type that to go on")


async def test_what_is_typed_behind_a_slash_is_no_command(world: World) -> None:
    await world.user("daisy@example.com")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows", "● live")
        await terminal.arms()
        await terminal.bursts("/", *"daisy", "enter")
        await terminal.sees("daisy@example.com", "1 row ")
        assert not terminal.question
        assert terminal.app.focused is terminal.table
        # In the filter itself it is a letter as others are.
        await terminal.bursts("/", *"/x")
        await terminal.sees("daisy/x", "Nothing fits")


async def test_who_signs_in_again_is_not_armed(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        await terminal.bursts(*OPERATOR_EMAIL, "tab", *OPERATOR_PASSWORD, "enter")
        await terminal.opens("4", OPERATOR_EMAIL)
        await terminal.arms()
        me = (await world.ask("GET", "/v1/auth/me"))["id"]
        await world.ask("DELETE", f"/v1/admin/users/{me}/sessions")
        await terminal.sees("the sign-in is over")
        await terminal.until(lambda: terminal.focused == "email")
        await terminal.bursts(*OPERATOR_EMAIL, "tab", *OPERATOR_PASSWORD, "enter")
        await terminal.sees("Sessions", "READ-ONLY")


async def test_what_ends_this_dashboard_too_says_so(world: World) -> None:
    async with world.terminal() as terminal:
        await terminal.opens("3", "the dashboard's")
        await terminal.arms()
        await terminal.press("x")
        await terminal.is_asked("programs that use it stop now. This dashboard uses it!")
        await terminal.press("n")
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        await terminal.bursts(*OPERATOR_EMAIL, "tab", *OPERATOR_PASSWORD, "enter")
        await terminal.opens("4", OPERATOR_EMAIL)
        await terminal.arms()
        await terminal.press("x")
        await terminal.is_asked("You are this user: this dashboard may be signed out!")


async def test_the_last_operator_stays_and_the_server_says_why(world: World) -> None:
    me: dict[str, Any] = await world.ask("GET", "/v1/auth/me")
    async with world.terminal() as terminal:
        await at_user(terminal, OPERATOR_EMAIL)
        await terminal.press("d")
        await terminal.is_asked("That is you!")
        await terminal.write(OPERATOR_EMAIL)
        await terminal.press("enter")
        await terminal.hears("operator")
    shown = await world.ask("GET", f"/v1/admin/users/{me['id']}")
    assert shown["disabled_at"] is None


async def test_what_is_gone_already_is_no_failure(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    async with world.terminal() as terminal:
        await terminal.opens("3", "ci-deploy")
        await terminal.arms()
        await terminal.press("p", "slash", *"ci-deploy", "enter")
        await terminal.sees("1 row", "‖ paused")
        await world.ask("DELETE", f"/v1/admin/api-keys/{key['id']}")
        await terminal.press("x")
        await terminal.is_asked("ci-deploy")
        await terminal.press("y")
        await terminal.hears("API key not found")
