from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from tests.api.people import audited, me, new_key, refusal, signed_in
from tests.support.people import Person

pytestmark = pytest.mark.anyio

KEYS = "/v1/admin/api-keys"
SESSIONS = "/v1/admin/sessions"


async def revoked(http: httpx.AsyncClient, root: Person, ids: object) -> httpx.Response:
    return await http.post(f"{KEYS}/revoke", json={"ids": ids}, headers=root.bearer)


async def test_a_key_is_looked_at_and_revoked_on_the_next_request(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    key = await new_key(http, ann)
    path = f"{KEYS}/{key['id']}"
    row = (await http.get(path, headers=root.bearer)).json()
    assert list(row) == [
        "id",
        "user_id",
        "user_email",
        "name",
        "key_prefix",
        "scopes",
        "status",
        "expires_at",
        "last_used_at",
        "last_used_ip",
        "created_at",
    ]
    assert (row["user_email"], row["status"], row["scopes"]) == (ann.email, "never_used", ["*"])
    answer = await http.delete(path, headers=root.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await me(http, {"Authorization": key["key"]})).status_code == 401
    (event,) = await audited("auth.api_key.revoked")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, ann.id)
    assert event.detail == {"key_id": key["id"]}
    for method in ("GET", "DELETE"):
        again = await http.request(method, path, headers=root.bearer)
        assert refusal(again) == (404, "API key not found")


async def test_many_keys_are_revoked_at_once_and_the_missing_are_named(
    http: httpx.AsyncClient, root: Person, ann: Person, bob: Person
) -> None:
    keys = [await new_key(http, owner) for owner in (ann, bob, bob)]
    missing = str(uuid4())
    ids = [keys[0]["id"], missing, keys[1]["id"].upper(), keys[0]["id"], missing]
    answer = await revoked(http, root, ids)
    assert answer.json() == {"revoked": 2, "missing": [missing]}
    statuses = [(await me(http, {"Authorization": key["key"]})).status_code for key in keys]
    assert statuses == [401, 401, 200]
    events = await audited("auth.api_key.revoked")
    assert {str(event.actor_id) for event in events} == {root.id}
    concerned = {(str(event.user_id), event.detail["key_id"]) for event in events}
    assert concerned == {(ann.id, keys[0]["id"]), (bob.id, keys[1]["id"])}


async def test_up_to_five_hundred_ids_are_taken_at_once(
    http: httpx.AsyncClient, root: Person
) -> None:
    ids = [str(uuid4()) for _ in range(501)]
    assert (await revoked(http, root, ids[:500])).json() == {"revoked": 0, "missing": ids[:500]}
    for unfit in (ids, [], None, "all", ["no id"], [1]):
        answer = await revoked(http, root, unfit)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"].startswith("ids")


async def test_a_session_is_looked_at_and_ended_on_the_next_request(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    other = await signed_in(http)
    path = f"{SESSIONS}/{ann.session_id}"
    row = (await http.get(path, headers=root.bearer)).json()
    assert list(row) == [
        "id",
        "user_id",
        "user_email",
        "created_at",
        "last_used_at",
        "expires_at",
        "ip_address",
        "user_agent",
    ]
    assert (row["user_id"], row["user_email"]) == (ann.id, ann.email)
    answer = await http.delete(path, headers=root.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await me(http, other.bearer)).status_code == 200
    (event,) = await audited("auth.session.revoked")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, ann.id)
    for method in ("GET", "DELETE"):
        again = await http.request(method, path, headers=root.bearer)
        assert refusal(again) == (404, "Session not found")
