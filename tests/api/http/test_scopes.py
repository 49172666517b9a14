from __future__ import annotations

import httpx
import pytest

from tests.api.clients import by_hand
from tests.api.people import audited, me, new_key
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

PATH = "/v1/auth/api-keys"


async def key_with(http: httpx.AsyncClient, owner: Person, *scopes: str) -> dict[str, str]:
    return bearer((await new_key(http, owner, scopes=list(scopes)))["key"])


async def test_a_key_never_makes_a_key(http: httpx.AsyncClient, ann: Person) -> None:
    for scopes in (("*",), ("keys:write",), ("admin:write",)):
        headers = await key_with(http, ann, *scopes)
        answer = await http.post(PATH, json={"name": "child"}, headers=headers)
        assert answer.status_code == 403
        assert (await http.post(PATH, json={}, headers=headers)).status_code in (
            403,
            422,
        )


async def test_a_key_lists_keys_only_with_the_scope_for_it(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for scopes, status in (
        (("*",), 200),
        (("keys:read",), 200),
        (("other", "keys:read"), 200),
        (("keys:write",), 403),
        (("keys:*",), 403),
        (("other",), 403),
    ):
        headers = await key_with(http, ann, *scopes)
        assert (await http.get(PATH, headers=headers)).status_code == status, scopes


async def test_a_key_revokes_keys_only_with_the_scope_for_it(
    http: httpx.AsyncClient, ann: Person
) -> None:
    for scopes, status in (
        (("*",), 204),
        (("keys:write",), 204),
        (("keys:read",), 403),
        (("admin:write",), 403),
    ):
        headers = await key_with(http, ann, *scopes)
        victim = (await new_key(http, ann))["id"]
        answer = await http.delete(f"{PATH}/{victim}", headers=headers)
        assert answer.status_code == status, scopes


async def test_a_key_revokes_only_keys_of_its_own_user(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    headers = await key_with(http, ann, "*")
    foreign = await new_key(http, bob)
    answer = await http.delete(f"{PATH}/{foreign['id']}", headers=headers)
    assert answer.status_code == 404
    assert (await me(http, bearer(foreign["key"]))).status_code == 200


async def test_a_key_may_revoke_itself(http: httpx.AsyncClient, ann: Person) -> None:
    made = await new_key(http, ann, scopes=["keys:write"])
    headers = bearer(made["key"])
    assert (await http.delete(f"{PATH}/{made['id']}", headers=headers)).status_code == 204
    assert (await me(http, headers)).status_code == 401


async def test_metrics_are_for_operators_and_their_keys_with_the_scope(
    http: httpx.AsyncClient, ann: Person, database_url: str
) -> None:
    assert (await http.get("/metrics")).status_code == 401
    answer = await http.get("/metrics", headers=ann.bearer)
    assert (answer.status_code, answer.json()["error"]) == (
        403,
        "Admin access required",
    )
    await by_hand(database_url, "UPDATE users SET roles = '[\"admin\"]'")
    assert (await http.get("/metrics", headers=ann.bearer)).status_code == 200
    for scope, status in (("*", 200), ("admin:read", 200), ("admin:write", 403)):
        headers = await key_with(http, ann, scope)
        assert (await http.get("/metrics", headers=headers)).status_code == status


async def test_as_many_and_as_long_scopes_as_allowed_are_kept(
    http: httpx.AsyncClient, ann: Person
) -> None:
    scopes = [f"{n:02}:._*-".ljust(64, "x") for n in range(32)]
    made = await new_key(http, ann, scopes=scopes, expires_in_days=None)
    assert made["scopes"] == scopes
    assert (await new_key(http, ann, scopes=[]))["scopes"] == ["*"]


async def test_making_and_revoking_are_recorded(http: httpx.AsyncClient, ann: Person) -> None:
    made = await new_key(http, ann)
    await http.delete(f"{PATH}/{made['id']}", headers=ann.bearer)
    for action in ("auth.api_key.created", "auth.api_key.revoked"):
        (event,) = await audited(action)
        assert (event.outcome, str(event.actor_id)) == ("success", ann.id)
        assert made["id"] in str(event.detail)
