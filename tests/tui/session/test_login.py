"""Getting in, being kept in, and being put out."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.api.clients import OPERATOR, OPERATOR_EMAIL, OPERATOR_PASSWORD, in_mode
from tests.support.applications import settings_for
from tests.tui.world import SMALL, Size, World, world_of
from tui.http.client import Client
from tui.http.errors import Unreachable
from tui.lists.schemas import Overview
from tui.session.private_files import write_private

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Every key is pressed, and every dialog drawn, at both sizes elsewhere."""
    return SMALL


async def test_an_operator_signs_in(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("Overview", "sessions", "● live")
    assert not list(world.folder.glob("tokens/*.json"))


async def test_a_wrong_password_is_said_and_tried_again(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sign_in(OPERATOR_EMAIL, "wrong")
        await terminal.sees("Invalid email or password")
        await terminal.write(OPERATOR_PASSWORD)
        await terminal.press("enter")
        await terminal.sees("● live")


async def test_somebody_who_is_no_operator_is_named_and_logged_out_again(world: World) -> None:
    user = await world.user("ann@example.com")
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sign_in("ann@example.com", "correct horse battery")
        await terminal.sees("ann@example.com is no operator here:")
    shown = await world.ask("GET", f"/v1/admin/users/{user['id']}")
    assert shown["session_count"] == 0


async def test_a_sign_in_that_breaks_off_leaves_no_session(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: Client) -> Overview:
        raise Unreachable("it broke")

    async with world.terminal(world.target(api_key=None)) as terminal:
        monkeypatch.setattr(Client, "overview", broken)
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("✗ it broke")
        monkeypatch.undo()
        [root] = (await world.ask("GET", "/v1/admin/users"))["data"]
        assert root["session_count"] == 1
        await terminal.write(OPERATOR_PASSWORD)
        await terminal.press("enter")
        await terminal.sees("● live")


async def test_no_server_is_said_until_there_is_one(world: World) -> None:
    world.transport.go_away()
    async with world.terminal() as terminal:
        await terminal.sees("no server answers at")
        world.transport.come_back()
        await terminal.press("enter")
        await terminal.sees("● live")


async def test_a_wrong_url_can_be_put_right(world: World) -> None:
    target = world.target(url="https://auth.test/nowhere", api_key=None)
    async with world.terminal(target) as terminal:
        await terminal.sees("URL of the API", "There is nothing at this path")
        await terminal.press("end", *["backspace"] * len("nowhere"))
        await terminal.write("api")
        await terminal.press("enter")
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("https://auth.test/api", "● live")


async def test_an_api_key_never_goes_to_another_url(world: World) -> None:
    async with world.terminal(world.target(url="https://auth.test/nowhere")) as terminal:
        await terminal.sees("There is nothing at this path")
        world.transport.headers.clear()
        await terminal.press("end", *["backspace"] * len("nowhere"), *"api", "enter")
        await terminal.sees("E-mail")
    assert not [headers for headers in world.transport.headers if "authorization" in headers]


PLAIN = "http://auth.test/api"


@pytest.mark.parametrize("has_key", [True, False])
async def test_a_credential_goes_over_plain_http_once_somebody_said_so(
    world: World, *, has_key: bool
) -> None:
    target = world.target(url=PLAIN) if has_key else world.target(url=PLAIN, api_key=None)
    async with world.terminal(target) as terminal:
        if not has_key:
            await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("✗ plain http to auth.test: everybody on the way could read")
        await terminal.sees("Send it (Enter)")
        asked = {path for _, path in world.transport.asked}
        assert asked == {"/api/v1/auth/config"}
        await terminal.press("enter")
        await terminal.sees("● live")


async def test_that_somebody_said_so_is_of_that_server_alone(world: World) -> None:
    async with world.terminal(world.target(url=PLAIN, api_key=None)) as terminal:
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("✗ plain http to auth.test")
        await terminal.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", "end")
        await terminal.until(lambda: terminal.focused == "url")
        await terminal.press(*["backspace"] * len("auth.test/api"), *"other.test/api", "enter")
        await terminal.sees("Sign in (Enter)")
        await terminal.write(OPERATOR_PASSWORD)
        await terminal.press("enter")
        await terminal.sees("✗ plain http to other.test")


@pytest.mark.parametrize("url", ["ftp://auth.test", "auth.test", "http://ann:secret@auth.test"])
async def test_what_is_no_url_is_not_asked(world: World, url: str) -> None:
    async with world.terminal(world.target(url="https://auth.test/x")) as terminal:
        await terminal.sees("There is nothing at this path")
        await terminal.press("end", *["backspace"] * len("https://auth.test/x"), *url, "enter")
        await terminal.sees("✗ a URL")


async def test_a_refused_api_key_is_said(world: World) -> None:
    async with world.terminal(world.target(api_key="evr_" + "0" * 64)) as terminal:
        await terminal.sees("EVERRUNS_AUTH_API_KEY was refused: Invalid API key", "Password")


async def test_mode_none_goes_straight_in_and_is_loud(
    database_url: str, tmp_path: Path, size: Size
) -> None:
    settings = in_mode(database_url, "none")
    async with (
        world_of(settings, tmp_path, size) as world,
        world.terminal(world.target(api_key=None)) as terminal,
    ):
        await terminal.sees("MODE NONE: OPEN TO ALL", "● live")


async def test_without_passwords_it_says_what_there_is(
    database_url: str, tmp_path: Path, size: Size
) -> None:
    settings = settings_for(database_url, AUTH_DISABLE_PASSWORD="true")
    async with (
        world_of(settings, tmp_path, size) as world,
        world.terminal(world.target(api_key=None)) as terminal,
    ):
        await terminal.sees("this server takes no passwords; set EVERRUNS_AUTH_API_KEY")


async def test_a_kept_sign_in_is_used_again(world: World) -> None:
    target = world.target(api_key=None)
    async with world.terminal(target) as terminal:
        await terminal.sees("E-mail")
        await terminal.write(OPERATOR_EMAIL)
        await terminal.press("tab")
        await terminal.write(OPERATOR_PASSWORD)
        await terminal.press("tab", "space", "shift+tab", "enter")
        await terminal.sees("● live")
    [file] = world.folder.glob("tokens/*.json")
    assert file.stat().st_mode & 0o777 == 0o600
    async with world.terminal(target) as terminal:
        await terminal.sees("Overview", "● live")


async def test_tokens_that_others_may_read_are_refused(world: World) -> None:
    file = world.surroundings.token_store(world.target()).file
    write_private(file, "{}")
    file.chmod(0o644)
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("can be read by others", "chmod 600")


async def test_where_tokens_cannot_be_kept_one_is_let_in_and_told(world: World) -> None:
    (world.folder / "tokens").write_text("no folder")
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("the kept sign-in cannot be used", "Not a directory", "E-mail")
        await terminal.write(OPERATOR_EMAIL)
        await terminal.press("tab")
        await terminal.write(OPERATOR_PASSWORD)
        await terminal.press("tab", "space", "shift+tab", "enter")
        await terminal.sees("● live")
        await terminal.hears("the kept sign-in cannot be used:")


async def test_access_tokens_are_renewed_quietly(
    database_url: str, tmp_path: Path, size: Size
) -> None:
    settings = settings_for(database_url, AUTH_JWT_ACCESS_TOKEN_LIFETIME="2", **OPERATOR)
    async with (
        world_of(settings, tmp_path, size) as world,
        world.terminal(world.target(api_key=None)) as terminal,
    ):
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("● live")
        asked = world.transport.asked
        await terminal.until(lambda: ("POST", "/api/v1/auth/refresh") in asked)
        await terminal.press("2")
        await terminal.sees(OPERATOR_EMAIL, "● live")


async def test_who_is_put_out_signs_in_again_and_goes_on(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.opens("2", OPERATOR_EMAIL)
        me = (await world.ask("GET", "/v1/auth/me"))["id"]
        await world.ask("DELETE", f"/v1/admin/users/{me}/sessions")
        await terminal.sees("the sign-in is over")
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("Users", OPERATOR_EMAIL, "● live")


async def test_what_is_no_server_of_ours_is_said(world: World) -> None:
    async def page(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<html>Welcome to nginx!</html>", request=request)

    world.transport.handle_async_request = page  # type: ignore[method-assign]
    async with world.terminal() as terminal:
        await terminal.sees("no Everruns Auth at this URL", "does not answer in JSON")


async def test_what_is_typed_ahead_lands_where_it_belongs(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        await terminal.bursts(*OPERATOR_EMAIL, "tab", *OPERATOR_PASSWORD, "enter")
        await terminal.sees("Overview", "● live")


async def test_nothing_is_armed_or_paused_on_the_way_in(world: World) -> None:
    async with world.terminal(world.target(api_key=None)) as terminal:
        await terminal.sees("E-mail", "Password")
        terminal.app.screen.query_one("#keep").focus()
        await terminal.press("R", "p", "1", "E")
        assert (terminal.app.is_armed, terminal.app.is_paused) == (False, False)
        assert not terminal.news
        terminal.app.screen.query_one("#email").focus()
        await terminal.sign_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        await terminal.sees("Overview", "READ-ONLY", "● live")


async def test_the_way_in_names_its_context_and_its_lock(world: World) -> None:
    target = world.target(api_key=None, context="production", lock="the context is")
    async with world.terminal(target) as terminal:
        await terminal.sees("Everruns Auth · production · READ-ONLY")
