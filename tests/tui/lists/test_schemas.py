"""The contract between the two: what the dashboard decodes is what the server really answers."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from models import OAuthIdentity
from tests.tui.world import LARGE, Size, World
from tui.http.auth import ApiKeyAuth
from tui.http.client import Client, connection
from tui.http.errors import Missing, NotOurServer, NotPermitted, NotSignedIn
from tui.http.responses import decoded
from tui.lists.all import LISTINGS
from tui.lists.schemas import ApiKey, Page, User

pytestmark = pytest.mark.anyio


@pytest.fixture
def size() -> Size:
    """Nothing here is about the screen."""
    return LARGE


def client_of(world: World, key: str | None = None) -> Client:
    auth = ApiKeyAuth(key or world.operator_key)
    return Client(connection(world.target().url, world.transport), auth)


# What a use of a key changes, which is written at the next beat: perhaps between two questions.
MOVING = {"last_used_at", "last_used_ip", "last_active_at", "status"}


@pytest.mark.parametrize("name", LISTINGS)
async def test_every_list_and_each_of_its_rows(world: World, name: str) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy", expires_in_days=3)
    await world.use(key["key"])
    listing, client = LISTINGS[name], client_of(world)
    page = await client.page(listing.row, listing.path, {"sort": listing.sort, "limit": "1"})
    assert page.next_cursor is not None
    [row] = page.data
    one = await client.one(listing.row, listing.path, row.id)
    assert one.model_dump(exclude=MOVING) == row.model_dump(exclude=MOVING)
    following = {"sort": listing.sort, "limit": "1", "cursor": page.next_cursor}
    after = await client.page(listing.row, listing.path, following)
    assert after.previous_cursor is not None
    assert after.data != page.data


@pytest.mark.parametrize("name", LISTINGS)
async def test_every_order_and_every_word_is_taken(world: World, name: str) -> None:
    listing, client = LISTINGS[name], client_of(world)
    for field in listing.sorts:
        for sort in (field, f"-{field}"):
            await client.page(listing.row, listing.path, {"sort": sort})
    for word in listing.words.values():
        example = "root@example.com" if "@" in word.example else word.example
        parameters = word.parameters(example, datetime.now(UTC))
        assert parameters
        await client.page(listing.row, listing.path, parameters)


async def test_a_users_identities(world: World) -> None:
    user = await world.user("ann@example.com")
    assert await client_of(world).identities(user["id"]) == ()
    await OAuthIdentity.add(
        user_id=UUID(user["id"]),
        provider="github",
        subject="4711",
        issuer="https://github.com",
        email="ann@example.org",
        now=datetime.now(UTC),
    )
    [identity] = await client_of(world).identities(user["id"])
    assert (identity.provider, identity.subject) == ("github", "4711")
    async with world.terminal() as terminal:
        await terminal.opens("2", "2 rows")
        await terminal.press("home", "enter")
        await terminal.sees("github (ann@example.org)")


async def test_the_overview_the_config_and_who_one_is(world: World) -> None:
    client = client_of(world)
    overview = await client.overview()
    assert len(overview.sign_ins) == 60
    assert overview.users.operators == 1
    assert (await client.config()).mode == "full"
    assert (await client.me()).email == "root@example.com"


async def test_an_address_stands_for_an_id(world: World) -> None:
    await world.user("ann@example.com")
    client = client_of(world)
    for address, count in (("Root@example.com", 1), ("ann@example.com", 0)):
        found = await client.page(ApiKey, "/v1/admin/api-keys", {"user_id": address})
        assert len(found.data) == count
    with pytest.raises(Missing, match="nobody has the address root@example"):
        await client.page(ApiKey, "/v1/admin/api-keys", {"user_id": "root@example"})


async def test_what_is_changed_comes_back_as_a_row(world: World) -> None:
    client = client_of(world)
    user = await client.create_user({"email": "ann@example.com", "roles": ["user"]})
    assert (await client.change_user(user.id, disabled=True)).is_disabled
    await world.ask("PATCH", f"/v1/admin/users/{user.id}", json={"disabled": False})
    assert await client.force_logout(user.id) == 0
    with pytest.raises(Missing, match="Session not found"):
        await client.end_session(user.id)
    assert await client.revoke_keys((user.id,)) == 0


async def test_refusals_keep_the_servers_words(world: World) -> None:
    await world.user("ann@example.com")
    key = await world.key("ann@example.com", "ci-deploy")
    with pytest.raises(NotPermitted, match="Admin access required"):
        await client_of(world, key["key"]).overview()
    with pytest.raises(NotSignedIn, match="Invalid API key"):
        await client_of(world, "evr_" + "0" * 64).overview()


async def test_an_id_stays_one_segment_of_the_path(world: World) -> None:
    with pytest.raises(Missing):
        await client_of(world).one(User, "/v1/admin/users", "../../auth/me?x=")
    assert world.transport.asked[-1][1].endswith("/users/..%2F..%2Fauth%2Fme%3Fx%3D")


ROW = {
    "id": "1",
    "user_id": "2",
    "user_email": "ann@example.com",
    "name": "ci-deploy",
    "key_prefix": "evr_12345678...",
    "scopes": ["*"],
    "status": "live",
    "expires_at": None,
    "last_used_at": None,
    "last_used_ip": None,
    "created_at": "2026-01-01T00:00:00Z",
}


def test_fields_that_are_new_are_ignored() -> None:
    assert decoded(ApiKey, {**ROW, "invented": 1}, "a key").name == "ci-deploy"


def test_a_field_that_is_missing_is_named() -> None:
    lacking = {name: value for name, value in ROW.items() if name != "scopes"}
    page = {"data": [lacking], "next_cursor": None, "previous_cursor": None}
    with pytest.raises(NotOurServer, match=r"GET /keys: data\.0\.scopes: field required"):
        decoded(Page[ApiKey], page, "GET /keys")


@pytest.mark.parametrize("status", [302, 404, 502])
async def test_another_servers_refusal_is_no_traceback(status: int) -> None:
    def page(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers={"location": "https://elsewhere"}, text="<html>")

    client = Client(connection("https://auth.test", httpx.MockTransport(page)))
    with pytest.raises(NotOurServer, match=r"auth\.test"):
        await client.config()
