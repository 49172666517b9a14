from __future__ import annotations

import bcrypt
import httpx
import pytest

from models import User
from tests.api.clients import answering, by_hand, in_mode
from tests.api.people import log_in, me, refusal, registered
from tests.support.people import PASSWORD, Person, person

pytestmark = pytest.mark.anyio

REFUSED = (401, "Invalid email or password")


async def stored_hash(email: str = "ann@example.com") -> str:
    user = await User.by_email(email)
    assert user is not None and user.password_hash is not None
    return user.password_hash


async def test_a_login_answers_200_with_the_token_body(
    http: httpx.AsyncClient, ann: Person
) -> None:
    answer = await log_in(http)
    assert answer.status_code == 200
    assert list(answer.json()) == [
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
    ]
    assert answer.headers["cache-control"] == "no-store"
    assert person(ann.email, answer).session_id != ann.session_id


async def test_unknown_wrong_passwordless_and_disabled_are_answered_alike(
    http: httpx.AsyncClient, ann: Person, bob: Person, database_url: str
) -> None:
    await registered(http, "eve@example.com")
    disable = "UPDATE users SET disabled_at = '2026-01-01 00:00:00+00:00' WHERE email = ?"
    await by_hand(database_url, disable, "bob@example.com")
    strip = "UPDATE users SET password_hash = NULL WHERE email = ?"
    await by_hand(database_url, strip, "eve@example.com")
    answers = [
        await log_in(http, "nobody@example.com"),
        await log_in(http, password="not the password"),
        await log_in(http, "bob@example.com"),
        await log_in(http, "eve@example.com"),
        await log_in(http, password=""),
        await log_in(http, ""),
        await log_in(http, password=PASSWORD + "x" * 2000),
    ]
    assert [refusal(answer) for answer in answers] == [REFUSED] * len(answers)
    assert len({answer.text for answer in answers}) == 1


async def test_an_address_with_a_nul_is_answered_like_any_other(
    http: httpx.AsyncClient,
) -> None:
    assert refusal(await log_in(http, "ann\0@example.com")) == REFUSED


async def test_an_address_of_any_length_is_answered_like_any_other(
    http: httpx.AsyncClient,
) -> None:
    for odd in ("a" * 300, "a" * 1000, "\uffff", "%", "'; --", "\u202e"):
        assert refusal(await log_in(http, odd)) == REFUSED


async def test_a_password_is_known_however_its_characters_are_composed(
    http: httpx.AsyncClient,
) -> None:
    form = {"email": "ann@example.com", "password": "cafe\u0301 ﬁne Å"}
    assert (await http.post("/v1/auth/register", json=form)).status_code == 201
    assert (await log_in(http, password="café fine \u212b")).status_code == 200


async def test_no_password_is_cut_at_72_bytes(http: httpx.AsyncClient) -> None:
    form = {"email": "ann@example.com", "password": "pq" * 40}
    assert (await http.post("/v1/auth/register", json=form)).status_code == 201
    assert refusal(await log_in(http, password="pq" * 36)) == REFUSED
    assert (await log_in(http, password="pq" * 40)).status_code == 200


async def test_a_cheaper_hash_is_replaced_at_the_next_login(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        await registered(http)
        assert (await stored_hash()).startswith("$2b$04$")
    async with answering(in_mode(database_url, "full", AUTH_BCRYPT_COST="5")) as http:
        assert (await log_in(http)).status_code == 200
        assert (await stored_hash()).startswith("$2b$05$")
        assert (await log_in(http)).status_code == 200


async def test_a_bcrypt_hash_from_elsewhere_verifies_and_is_replaced(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    brought = bcrypt.hashpw(b"q" * 72, bcrypt.gensalt(4, b"2a")).decode()
    await by_hand(database_url, "UPDATE users SET password_hash = ?", brought)
    assert (await log_in(http, password="q" * 90)).status_code == 200
    assert await stored_hash() != brought
    assert (await log_in(http, password="q" * 90)).status_code == 200


async def test_passwords_can_be_switched_off(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        ann = await registered(http)
    closed = in_mode(database_url, "full", AUTH_DISABLE_PASSWORD="true")
    async with answering(closed) as http:
        answer = await log_in(http)
        assert refusal(answer) == (401, "Password authentication is disabled")
        assert (await me(http, ann.bearer)).status_code == 200


async def test_an_account_whose_address_would_be_refused_today_still_signs_in(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    odd = "admin\ufe0f@example.com"
    form = {"email": odd, "password": PASSWORD}
    assert (await http.post("/v1/auth/register", json=form)).status_code == 422
    await by_hand(database_url, "UPDATE users SET email = ?", odd)
    assert (await log_in(http, odd.upper())).status_code == 200
    assert (await log_in(http, "admin@example.com")).status_code == 401
