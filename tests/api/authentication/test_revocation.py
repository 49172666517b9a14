"""Revoked is refused on the very next request, also when it was done with SQL by hand."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest

from tests.api.clients import by_hand
from tests.api.people import log_in, me, new_key, refresh, refusal, signed_in
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

LONG_AGO = "'2026-01-01 00:00:00+00:00'"
TOKEN = (401, "Invalid or expired token")
KEY = (401, "Invalid API key")


@dataclass(frozen=True, slots=True)
class Doors:
    """What a person holds: a session's two tokens and a key."""

    person: Person
    key: str

    async def statuses(self, http: httpx.AsyncClient) -> tuple[int, int]:
        """How the session and the key are answered, at both places that ask."""
        answers = []
        for headers in (self.person.bearer, bearer(self.key)):
            at_me = await me(http, headers)
            at_verify = await http.get("/v1/auth/verify", headers=headers)
            assert at_me.status_code == at_verify.status_code
            answers.append(at_me.status_code)
        return answers[0], answers[1]


@pytest.fixture
async def doors(http: httpx.AsyncClient, ann: Person) -> Doors:
    doors = Doors(ann, (await new_key(http, ann))["key"])
    assert await doors.statuses(http) == (200, 200)
    return doors


async def test_force_logout_by_hand_ends_sessions_and_spares_keys(
    http: httpx.AsyncClient, doors: Doors, bob: Person, database_url: str
) -> None:
    ann = doors.person
    other = await signed_in(http)
    force_logout = "DELETE FROM refresh_tokens WHERE user_id = ?"
    await by_hand(database_url, force_logout, ann.id)
    assert await doors.statuses(http) == (401, 200)
    assert refusal(await me(http, other.bearer)) == TOKEN
    for one in (ann, other):
        answer = await refresh(http, one.refresh_token)
        assert refusal(answer) == (401, "Invalid refresh token")
    assert (await me(http, bob.bearer)).status_code == 200
    assert (await log_in(http)).status_code == 200


async def test_a_key_deleted_by_hand_is_dead(
    http: httpx.AsyncClient, doors: Doors, database_url: str
) -> None:
    kept = await new_key(http, doors.person)
    key_id = (await new_key(http, doors.person))["id"]
    for row in (await http.get("/v1/auth/api-keys", headers=doors.person.bearer)).json():
        if row["id"] not in (kept["id"], key_id):
            await by_hand(database_url, "DELETE FROM api_keys WHERE id = ?", row["id"])
    assert await doors.statuses(http) == (200, 401)
    assert refusal(await me(http, bearer(doors.key))) == KEY
    assert (await me(http, bearer(kept["key"]))).status_code == 200


async def test_a_user_deleted_by_hand_is_gone_with_everything(
    http: httpx.AsyncClient, doors: Doors, database_url: str
) -> None:
    # An operator's sqlite3 shell has foreign keys off: the children stay behind.
    await by_hand(database_url, "DELETE FROM users WHERE id = ?", doors.person.id)
    assert await doors.statuses(http) == (401, 401)
    assert (await refresh(http, doors.person.refresh_token)).status_code == 401
    answer = await log_in(http)
    assert refusal(answer) == (401, "Invalid email or password")


async def test_a_user_disabled_by_hand_is_out_at_once(
    http: httpx.AsyncClient, doors: Doors, bob: Person, database_url: str
) -> None:
    disable = f"UPDATE users SET disabled_at = {LONG_AGO} WHERE id = ?"
    await by_hand(database_url, disable, doors.person.id)
    assert await doors.statuses(http) == (401, 401)
    assert refusal(await me(http, bearer(doors.key))) == KEY
    assert (await refresh(http, doors.person.refresh_token)).status_code == 401
    assert (await me(http, bob.bearer)).status_code == 200


async def test_other_roles_hold_at_once(
    http: httpx.AsyncClient, doors: Doors, database_url: str
) -> None:
    for roles, status in (('["admin"]', 200), ('["user"]', 403), ("[]", 403)):
        await by_hand(database_url, f"UPDATE users SET roles = '{roles}'")
        for headers in (doors.person.bearer, bearer(doors.key)):
            answer = await http.get("/v1/auth/verify?role=admin", headers=headers)
            assert answer.status_code == status
            assert (await http.get("/metrics", headers=headers)).status_code == status


async def test_whatever_a_profile_shows_is_fresh(
    http: httpx.AsyncClient, doors: Doors, database_url: str
) -> None:
    for column, value, shown in (
        ("name", "'Anna'", "Anna"),
        ("email", "'anna@example.com'", "anna@example.com"),
        ("avatar_url", "'https://example.com/a.png'", "https://example.com/a.png"),
        ("email_verified", "(1 = 1)", True),
    ):
        await by_hand(database_url, f"UPDATE users SET {column} = {value}")
        for headers in (doors.person.bearer, bearer(doors.key)):
            assert (await me(http, headers)).json()[column] == shown


async def test_what_is_changed_of_a_key_holds_at_once(
    http: httpx.AsyncClient, doors: Doors, bob: Person, database_url: str
) -> None:
    path, headers = "/v1/auth/verify?scope=a", bearer(doors.key)
    for scopes, status in (('["b"]', 403), ('["a"]', 200), ("[]", 403)):
        await by_hand(database_url, f"UPDATE api_keys SET scopes = '{scopes}'")
        assert (await http.get(path, headers=headers)).status_code == status
    await by_hand(database_url, "UPDATE api_keys SET user_id = ?", bob.id)
    assert (await me(http, headers)).json()["id"] == bob.id
    await by_hand(database_url, f"UPDATE api_keys SET expires_at = {LONG_AGO}")
    assert refusal(await me(http, headers)) == (401, "API key expired")
    await by_hand(database_url, "UPDATE api_keys SET key_hash = ?", "0" * 64)
    assert refusal(await me(http, headers)) == KEY


async def test_what_is_changed_of_a_session_holds_at_once(
    http: httpx.AsyncClient, doors: Doors, bob: Person, database_url: str
) -> None:
    hand_over = "UPDATE refresh_tokens SET user_id = ?"
    await by_hand(database_url, hand_over, bob.id)
    assert await doors.statuses(http) == (401, 200)
    await by_hand(database_url, hand_over, doors.person.id)
    assert await doors.statuses(http) == (200, 200)
    await by_hand(database_url, f"UPDATE refresh_tokens SET expires_at = {LONG_AGO}")
    assert await doors.statuses(http) == (401, 200)


async def test_a_rotation_does_not_hide_a_revocation(
    http: httpx.AsyncClient, doors: Doors, database_url: str
) -> None:
    body = (await refresh(http, doors.person.refresh_token)).json()
    assert (await me(http, bearer(body["access_token"]))).status_code == 200
    await by_hand(database_url, "DELETE FROM refresh_tokens")
    assert refusal(await me(http, bearer(body["access_token"]))) == TOKEN
    assert (await refresh(http, body["refresh_token"])).status_code == 401
