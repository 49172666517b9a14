from __future__ import annotations

import asyncio
import re

import httpx
import pytest

from models import User
from tests.api.clients import answering, in_mode, neighbour
from tests.api.people import log_in, me, refusal, registered
from tests.support.people import PASSWORD, Person, bearer, claims_of

pytestmark = pytest.mark.anyio


async def register(http: httpx.AsyncClient, **fields: object) -> httpx.Response:
    form = {"email": "ann@example.com", "password": PASSWORD, **fields}
    return await http.post("/v1/auth/register", json=form)


async def test_registering_answers_201_with_the_token_body(
    http: httpx.AsyncClient,
) -> None:
    answer = await register(http)
    assert answer.status_code == 201
    body = answer.json()
    assert list(body) == ["access_token", "token_type", "expires_in", "refresh_token"]
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 900)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_newcomer_is_a_user_and_no_operator(http: httpx.AsyncClient, ann: Person) -> None:
    claims = claims_of(ann.access_token)
    assert claims["roles"] == ["user"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-.*", ann.id)
    assert (await me(http, ann.bearer)).json()["email_verified"] is False


async def test_roles_that_are_sent_along_are_ignored(http: httpx.AsyncClient) -> None:
    answer = await register(http, roles=["admin"], email_verified=True, id="1")
    shown = (await me(http, bearer(answer.json()["access_token"]))).json()
    assert (shown["roles"], shown["email_verified"]) == (["user"], False)


async def test_the_address_is_trimmed_and_compared_without_case(
    http: httpx.AsyncClient, ann: Person
) -> None:
    answer = await register(http, email="  ANN@Example.COM ")
    assert refusal(answer) == (409, "Email already registered")
    assert (await log_in(http, " Ann@EXAMPLE.com")).status_code == 200


async def test_the_name_may_be_left_out(http: httpx.AsyncClient) -> None:
    without = await register(http, email="one@example.com")
    blank = await register(http, email="a" * 230 + "@example.com", name="")
    nothing = await register(http, email="three@example.com", name=None)
    answers = (without, blank, nothing)
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert all(claims_of(a.json()["access_token"])["name"] for a in answers)


BROKEN: list[tuple[dict[str, object], str]] = [
    ({"password": "seven77"}, "password"),
    ({"password": "x" * 1025}, "password"),
    ({"password": "password123"}, "password"),
    ({"password": "PassWord123"}, "password"),
    ({"password": "Ann@example.com"}, "password"),
    ({"email": "no address"}, "email"),
    ({"email": "ann\0@example.com"}, "email"),
    ({"email": ""}, "email"),
    ({"email": "a" * 300 + "@example.com"}, "email"),
    ({"name": "bell \a"}, "name"),
    ({"name": "n" * 201}, "name"),
    ({"email": None}, "email"),
    ({"password": 12345678}, "password"),
]


async def test_what_breaks_a_rule_is_refused_with_the_reason(
    http: httpx.AsyncClient,
) -> None:
    for number, (fields, at_fault) in enumerate(BROKEN):
        async with neighbour(http, f"192.0.2.{number}") as stranger:
            answer = await register(stranger, **fields)
        assert answer.status_code == 422, fields
        (problem,) = answer.json()["errors"]
        assert problem["field"] == at_fault
        assert problem["message"] and problem["message"] in answer.json()["error"]
    assert await User.everyone() == []


async def test_length_is_counted_in_code_points(http: httpx.AsyncClient) -> None:
    assert (await register(http, password="🦊🐻🐼🐨🐯🦁🐮")).status_code == 422
    assert (await register(http, password="🦊🐻🐼🐨🐯🦁🐮🐷")).status_code == 201


async def test_the_least_length_is_a_setting(database_url: str) -> None:
    settings = in_mode(database_url, "full", AUTH_PASSWORD_MIN_LENGTH="12")
    async with answering(settings) as http:
        assert (await register(http, password="eleven ones")).status_code == 422
        assert (await register(http, password="twelve chars")).status_code == 201


async def test_a_password_of_1024_characters_and_any_bytes_is_taken_whole(
    http: httpx.AsyncClient,
) -> None:
    password = "\0é " + "y" * 1021
    assert (await register(http, password=password)).status_code == 201
    assert (await log_in(http, password=password)).status_code == 200
    assert (await log_in(http, password=password[:-1])).status_code == 401


async def test_closed_registration_says_so(database_url: str) -> None:
    for variable, words in (
        ("AUTH_DISABLE_SIGNUP", "Registration is disabled"),
        ("AUTH_DISABLE_PASSWORD", "Password registration is disabled"),
    ):
        settings = in_mode(database_url, "full", **{variable: "true"})
        async with answering(settings) as http:
            assert refusal(await register(http)) == (403, words)
            assert refusal(await register(http, password="x")) == (403, words)


async def test_two_at_once_make_one_account(http: httpx.AsyncClient) -> None:
    async with neighbour(http, "192.0.2.1") as other:
        answers = await asyncio.gather(register(http), register(other))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await User.everyone()) == 1


async def test_a_taken_address_changes_nothing_for_its_owner(
    http: httpx.AsyncClient, ann: Person
) -> None:
    await register(http, password="another password", name="Mallory")
    assert (await log_in(http, password="another password")).status_code == 401
    assert (await me(http, ann.bearer)).json()["name"] == "Ann"
    assert (await registered(http, "bob@example.com")).id != ann.id
