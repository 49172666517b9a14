from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.api.people import audited, log_in, me, new_key, refresh, signed_in
from tests.support.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.anyio

NEW = "another horse battery"


async def change(
    http: httpx.AsyncClient,
    headers: dict[str, str],
    current: str = PASSWORD,
    new: str = NEW,
) -> httpx.Response:
    form = {"current_password": current, "new_password": new}
    return await http.post("/v1/auth/password", json=form, headers=headers)


async def test_a_new_password_replaces_the_old_one(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await change(http, ann.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await log_in(http)).status_code == 401
    assert (await log_in(http, password=NEW)).status_code == 200


async def test_every_other_session_ends(http: httpx.AsyncClient, ann: Person, bob: Person) -> None:
    other = await signed_in(http)
    assert (await change(http, ann.cookie)).status_code == 204
    assert (await me(http, other.bearer)).status_code == 401
    assert (await refresh(http, other.refresh_token)).status_code == 401
    assert (await me(http, ann.bearer)).status_code == 200
    assert (await refresh(http, ann.refresh_token)).status_code == 200
    assert (await me(http, bob.bearer)).status_code == 200


async def test_a_wrong_current_password_is_401_and_changes_nothing(
    http: httpx.AsyncClient, ann: Person
) -> None:
    other = await signed_in(http)
    for wrong in ("not it", "", PASSWORD + "x" * 2000):
        answer = await change(http, ann.bearer, wrong)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    assert (await log_in(http)).status_code == 200
    assert (await me(http, other.bearer)).status_code == 200


async def test_a_wrong_current_password_counts_as_a_failed_sign_in(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for _ in range(10):
        assert (await change(http, ann.bearer, "not it")).status_code == 401
    answer = await change(http, ann.bearer)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert (await log_in(http)).status_code == 429


async def test_the_new_password_is_held_to_the_policy(http: httpx.AsyncClient, ann: Person) -> None:
    for weak in ("short", "x" * 1025, "password123", "ann@example.com"):
        answer = await change(http, ann.bearer, new=weak)
        assert answer.status_code == 422
        assert [e["field"] for e in answer.json()["errors"]] == ["new_password"]
    assert (await log_in(http)).status_code == 200


async def test_fields_that_are_missing_are_named(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await http.post("/v1/auth/password", json={}, headers=ann.bearer)
    assert answer.status_code == 422
    fields = [problem["field"] for problem in answer.json()["errors"]]
    assert fields == ["current_password", "new_password"]


async def test_a_key_cannot_change_it(http: httpx.AsyncClient, ann: Person) -> None:
    key = (await new_key(http, ann))["key"]
    assert (await change(http, bearer(key))).status_code == 403
    assert (await change(http, {})).status_code == 401
    assert (await log_in(http)).status_code == 200


async def test_of_two_changes_at_once_one_holds(http: httpx.AsyncClient, ann: Person) -> None:
    one, two = "first new password", "second new password"
    answers = await asyncio.gather(
        change(http, ann.bearer, new=one), change(http, ann.bearer, new=two)
    )
    assert sorted(answer.status_code for answer in answers) == [204, 401]
    logins = [await log_in(http, password=password) for password in (one, two)]
    assert sorted(login.status_code for login in logins) == [200, 401]


async def test_both_outcomes_are_recorded(http: httpx.AsyncClient, ann: Person) -> None:
    await change(http, ann.bearer, "not it")
    await change(http, ann.bearer)
    events = await audited("auth.password.changed")
    assert sorted(event.outcome for event in events) == ["failure", "success"]
    assert {str(event.user_id) for event in events} == {ann.id}
