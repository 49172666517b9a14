from __future__ import annotations

import httpx
import pytest

from tests.api.people import audited, me, new_key, refusal, signed_in
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio


async def rename(http: httpx.AsyncClient, who: Person, **fields: object) -> httpx.Response:
    return await http.patch("/v1/auth/me", json=fields, headers=who.bearer)


async def test_me_tells_who_is_asking(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await me(http, ann.bearer)
    assert answer.status_code == 200
    assert list(answer.json().items()) == [
        ("id", ann.id),
        ("email", "ann@example.com"),
        ("name", "Ann"),
        ("roles", ["user"]),
        ("avatar_url", None),
        ("email_verified", False),
    ]
    assert answer.headers["content-type"] == "application/json"


async def test_me_answers_the_cookie_and_any_valid_key(
    http: httpx.AsyncClient, ann: Person
) -> None:
    key = (await new_key(http, ann, scopes=["nothing"]))["key"]
    for headers in (ann.cookie, bearer(key)):
        assert (await me(http, headers)).json()["id"] == ann.id


async def test_nobody_is_401(http: httpx.AsyncClient) -> None:
    assert refusal(await me(http, {})) == (401, "Authentication required")
    answer = await http.patch("/v1/auth/me", json={"name": "X"})
    assert refusal(answer) == (401, "Authentication required")


async def test_a_new_name_shows_at_once_and_everywhere(
    http: httpx.AsyncClient, ann: Person
) -> None:
    other = await signed_in(http)
    answer = await rename(http, ann, name="  Anna Ω ")
    assert answer.status_code == 200
    assert list(answer.json()) == [
        *("id", "email", "name", "roles", "avatar_url", "email_verified"),
    ]
    assert answer.json()["name"] == "Anna Ω"
    assert (await me(http, other.bearer)).json() == answer.json()
    assert [e.outcome for e in await audited("auth.user.updated")] == ["success"]


async def test_nothing_else_can_be_changed_of_oneself(http: httpx.AsyncClient, ann: Person) -> None:
    before = (await me(http, ann.bearer)).json()
    for field in ("roles", "email", "email_verified", "id", "disabled_at", "Name", "namE"):
        answer = await rename(http, ann, **{field: None, "name": "Mallory"})
        assert answer.status_code == 422
        assert [problem["field"] for problem in answer.json()["errors"]] == [field]
    assert (await me(http, ann.bearer)).json() == before


async def test_a_change_of_nothing_is_422(http: httpx.AsyncClient, ann: Person) -> None:
    for names in ((), ("name",)):
        answer = await rename(http, ann, **dict.fromkeys(names))
        assert refusal(answer) == (422, "Nothing to change: send name")


async def test_a_name_that_breaks_a_rule_is_422(http: httpx.AsyncClient, ann: Person) -> None:
    for name in ("", "  ", "n" * 201, "line\nbreak", "nul\0", 7, ["Ann"], True):
        answer = await rename(http, ann, name=name)
        assert answer.status_code == 422, name
        assert [problem["field"] for problem in answer.json()["errors"]] == ["name"]
    assert (await rename(http, ann, name="n" * 200)).status_code == 200
    assert (await rename(http, ann, name="🦊" * 200)).status_code == 200
