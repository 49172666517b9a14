"""Who may call the operators' endpoints: each of them, with each kind of credential."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from api.http.route_table import Route
from api.routes.all import ROUTES
from models import User
from tests.api.people import new_key, refusal, registered
from tests.support.databases import copied_sqlite
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

# The stream, whose answer never ends, has tests of its own: test_stream.py.
OPERATORS = [
    route
    for route in ROUTES
    if route.path.startswith(("/v1/admin", "/v1/users")) and route.name != "stream"
]


NOBODY = "00000000-0000-7000-8000-000000000000"

every_route = pytest.mark.parametrize(
    "route", OPERATORS, ids=lambda route: f"{route.methods[0]} {route.path}"
)


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One engine is enough: who may come in is decided before the database is asked."""
    return copied_sqlite(sqlite_template, tmp_path)


async def called(http: httpx.AsyncClient, route: Route, headers: dict[str, str]) -> httpx.Response:
    """Call a route in a way that changes nothing even if it is let through."""
    path = "/".join(NOBODY if part.startswith("{") else part for part in route.path.split("/"))
    json: dict[str, str] | None = {} if route.body is not None else None
    return await http.request(route.methods[0], path, json=json, headers=headers)


def is_read(route: Route) -> bool:
    return route.methods == ("GET",)


@every_route
async def test_strangers_and_users_are_refused(
    http: httpx.AsyncClient, ann: Person, route: Route
) -> None:
    assert refusal(await called(http, route, {})) == (401, "Authentication required")
    key = (await new_key(http, ann, scopes=["*"]))["key"]
    for credential in (ann.access_token, key):
        answer = await called(http, route, bearer(credential))
        assert refusal(answer) == (403, "Admin access required")


@every_route
async def test_an_operators_key_needs_the_scope_for_it(
    http: httpx.AsyncClient, root: Person, route: Route
) -> None:
    fitting, unfit = (
        ("admin:read", "admin:write") if is_read(route) else ("admin:write", "admin:read")
    )
    for scopes, is_let in (
        ([fitting], True),
        (["*"], True),
        ([unfit], False),
        (["keys:read", "keys:write"], False),
        (["admin:*"], False),
    ):
        key = await new_key(http, root, scopes=scopes)
        answer = await called(http, route, bearer(key["key"]))
        assert (answer.status_code == 403) is not is_let, (scopes, answer.text)
        assert answer.status_code in (200, 403, 404, 422)


@every_route
async def test_a_demoted_operator_is_refused_on_the_next_request(
    http: httpx.AsyncClient, root: Person, route: Route
) -> None:
    other = await registered(http, "other@example.com")
    await User.filter(id=other.id).update(roles=["admin"])
    await http.patch(f"/v1/admin/users/{root.id}", json={"roles": []}, headers=root.bearer)
    answer = await called(http, route, root.bearer)
    assert refusal(answer) == (403, "Admin access required")


@every_route
async def test_another_sites_page_writes_nothing_with_the_operators_cookie(
    http: httpx.AsyncClient, root: Person, route: Route
) -> None:
    headers = {**root.cookie, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await called(http, route, headers)
    if is_read(route):
        assert answer.status_code in (200, 404)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
