from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api.clients import by_hand, neighbour
from tests.api.people import audited, me, new_key, refresh, refusal, signed_in
from tests.support.people import Person, bearer, person

pytestmark = pytest.mark.anyio

PATH = "/v1/auth/sessions"
FOREIGN = "01a20fdf-529d-763a-af3c-d81e7b49098b"


async def listed(http: httpx.AsyncClient, who: Person) -> list[dict[str, Any]]:
    answer = await http.get(PATH, headers=who.bearer)
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def end(http: httpx.AsyncClient, who: Person, session_id: str) -> tuple[int, bytes]:
    answer = await http.delete(f"{PATH}/{session_id}", headers=who.bearer)
    return answer.status_code, answer.content


async def test_a_session_says_when_and_where_it_was_used(
    http: httpx.AsyncClient, ann: Person
) -> None:
    async with neighbour(http, "192.0.2.7") as phone:
        phone.headers["User-Agent"] = "a phone"
        await signed_in(phone)
    newer, older = await listed(http, ann)
    assert list(newer) == [
        *("id", "created_at", "last_used_at", "expires_at"),
        *("ip_address", "user_agent", "current"),
    ]
    assert (newer["ip_address"], newer["user_agent"]) == ("192.0.2.7", "a phone")
    assert (newer["current"], older["current"]) == (False, True)
    assert older["id"] == ann.session_id


async def test_times_are_rfc_3339_in_utc(http: httpx.AsyncClient, ann: Person) -> None:
    (row,) = await listed(http, ann)
    times = [row[name] for name in ("created_at", "last_used_at", "expires_at")]
    assert all(time.endswith(("Z", "+00:00")) for time in times)
    created, _, expires = map(datetime.fromisoformat, times)
    assert expires - created == timedelta(days=30)


async def test_a_refresh_moves_the_last_use_and_keeps_the_session(
    http: httpx.AsyncClient, ann: Person
) -> None:
    (before,) = await listed(http, ann)
    async with neighbour(http, "192.0.2.8") as elsewhere:
        await refresh(elsewhere, ann.refresh_token)
    (after,) = await listed(http, ann)
    assert after["id"] == before["id"]
    assert after["created_at"] == before["created_at"]
    assert after["last_used_at"] > before["last_used_at"]
    assert after["ip_address"] == "192.0.2.8"


async def test_only_one_s_own_living_sessions_are_listed(
    http: httpx.AsyncClient, ann: Person, bob: Person, database_url: str
) -> None:
    dead = await signed_in(http)
    expire = "UPDATE refresh_tokens SET expires_at = '2026-01-01 00:00:00+00:00' WHERE id = ?"
    await by_hand(database_url, expire, dead.session_id)
    assert [row["id"] for row in await listed(http, ann)] == [ann.session_id]


async def test_ending_one_ends_it_at_once(http: httpx.AsyncClient, ann: Person) -> None:
    other = await signed_in(http)
    assert await end(http, ann, other.session_id) == (204, b"")
    assert (await me(http, other.bearer)).status_code == 401
    assert (await refresh(http, other.refresh_token)).status_code == 401
    assert (await me(http, ann.bearer)).status_code == 200


async def test_the_current_one_can_be_ended_too(http: httpx.AsyncClient, ann: Person) -> None:
    assert await end(http, ann, ann.session_id) == (204, b"")
    assert (await me(http, ann.bearer)).status_code == 401


async def test_another_user_s_session_is_as_unknown_as_any(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    answers = [
        await http.delete(f"{PATH}/{session_id}", headers=ann.bearer)
        for session_id in (bob.session_id, FOREIGN, "nonsense", "0")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert (await me(http, bob.bearer)).status_code == 200


async def test_all_others_end_at_one_word(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    others = [await signed_in(http) for _ in range(2)]
    answer = await http.delete(PATH, headers=ann.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    for other in others:
        assert (await me(http, other.bearer)).status_code == 401
    for spared in (ann, bob):
        assert (await me(http, spared.bearer)).status_code == 200
    again = await http.delete(PATH, headers=ann.bearer)
    assert again.status_code == 204


async def test_a_session_that_was_refreshed_is_still_the_current_one(
    http: httpx.AsyncClient, ann: Person
) -> None:
    after = person(ann.email, await refresh(http, ann.refresh_token))
    assert [row["current"] for row in await listed(http, after)] == [True]


async def test_sessions_are_not_for_keys(http: httpx.AsyncClient, ann: Person) -> None:
    key = bearer((await new_key(http, ann))["key"])
    for answer in (
        await http.get(PATH, headers=key),
        await http.delete(PATH, headers=key),
        await http.delete(f"{PATH}/{ann.session_id}", headers=key),
    ):
        assert answer.status_code == 403
    assert refusal(await http.get(PATH)) == (401, "Authentication required")
    assert (await me(http, ann.bearer)).status_code == 200


async def test_what_was_ended_is_recorded(http: httpx.AsyncClient, ann: Person) -> None:
    other, _ = await signed_in(http), await signed_in(http)
    await end(http, ann, other.session_id)
    await http.delete(PATH, headers=ann.bearer)
    events = await audited("auth.session.revoked")
    assert [event.outcome for event in events] == ["success", "success"]
    assert {str(event.actor_id) for event in events} == {ann.id}
