from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.hashing import PasswordHasher
from models import ApiKey, RefreshToken, User
from tests.api.people import audited, log_in, me, new_key, refusal, registered
from tests.support.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.anyio

USERS = "/v1/admin/users"


async def patched(
    http: httpx.AsyncClient, root: Person, user_id: str, **fields: object
) -> httpx.Response:
    return await http.patch(f"{USERS}/{user_id}", json=fields, headers=root.bearer)


async def made(http: httpx.AsyncClient, root: Person, **fields: object) -> httpx.Response:
    form = {"email": "new@example.com", **fields}
    return await http.post(USERS, json=form, headers=root.bearer)


async def row(http: httpx.AsyncClient, root: Person, user_id: str) -> dict[str, Any]:
    answer = await http.get(f"{USERS}/{user_id}", headers=root.bearer)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_user_is_made_with_a_password_and_signs_in_with_it(
    http: httpx.AsyncClient, root: Person
) -> None:
    answer = await made(http, root, name="Neo", password=PASSWORD, roles=["user", "ops"])
    assert answer.status_code == 201
    assert answer.json() == await row(http, root, answer.json()["id"])
    assert (answer.json()["name"], answer.json()["roles"]) == ("Neo", ["user", "ops"])
    assert (await log_in(http, "new@example.com")).status_code == 200
    (event,) = await audited("auth.user.created")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, answer.json()["id"])


async def test_a_user_made_without_a_password_cannot_sign_in_with_one(
    http: httpx.AsyncClient, root: Person
) -> None:
    assert (await made(http, root)).json()["roles"] == ["user"]
    assert (await log_in(http, "new@example.com")).status_code == 401


async def test_what_cannot_be_a_user_is_refused_by_its_field(
    http: httpx.AsyncClient, root: Person
) -> None:
    for fields, field in (
        ({"email": "nobody"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "new@example.com"}, "password"),
        ({"roles": ["Not A Role"]}, "roles"),
        ({"name": "a\u0007"}, "name"),
    ):
        answer = await made(http, root, **fields)
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["errors"]] == [field]
    assert refusal(await made(http, root, email=root.email)) == (409, "Email already registered")


async def test_several_things_are_changed_in_one_go_and_written_in_one_event(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    answer = await patched(http, root, ann.id, name="Ann B.", roles=["admin"], disabled=True)
    assert answer.status_code == 200
    assert answer.json() == await row(http, root, ann.id)
    assert (answer.json()["name"], answer.json()["roles"]) == ("Ann B.", ["admin"])
    assert answer.json()["disabled_at"] is not None
    (event,) = await audited("auth.user.updated")
    assert str(event.actor_id) == root.id
    assert event.detail == {
        "changed": ["name"],
        "roles": ["admin"],
        "disabled": True,
        "sessions": 1,
    }


async def test_a_change_that_one_part_forbids_changes_nothing(
    http: httpx.AsyncClient, root: Person
) -> None:
    answer = await patched(http, root, root.id, name="Nobody", roles=["user"])
    assert answer.status_code == 409
    assert (await row(http, root, root.id))["name"] == "Root"
    assert await audited("auth.user.updated") == []


async def test_what_is_so_already_is_left_alone(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    for fields in ({"name": "Ann"}, {"roles": ["user"]}, {"disabled": False}):
        assert (await patched(http, root, ann.id, **fields)).status_code == 200
    assert await audited("auth.user.updated") == []


async def test_a_change_of_nothing_or_of_what_is_not_known_is_422(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    for names in ((), ("name", "roles", "disabled")):
        answer = await patched(http, root, ann.id, **dict.fromkeys(names))
        assert refusal(answer) == (422, "Nothing to change: send name or roles or disabled")
    answer = await patched(http, root, ann.id, name="Mallory", enabled=False)
    assert refusal(answer) == (422, "enabled: Not a member that is known here")
    assert (await made(http, root, role="admin")).status_code == 422
    assert (await row(http, root, ann.id))["name"] == "Ann"


async def test_a_disabled_user_is_out_at_once_and_enabled_needs_to_sign_in_anew(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    key = (await new_key(http, ann))["key"]
    assert (await patched(http, root, ann.id, disabled=True)).status_code == 200
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await me(http, {"Authorization": key})).status_code == 401
    assert (await patched(http, root, ann.id, disabled=False)).json()["disabled_at"] is None
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await me(http, {"Authorization": key})).status_code == 200
    assert (await log_in(http)).status_code == 200


async def test_the_last_operator_is_neither_demoted_nor_disabled_nor_deleted(
    http: httpx.AsyncClient, root: Person
) -> None:
    for answer in (
        await patched(http, root, root.id, roles=[]),
        await patched(http, root, root.id, roles=["user"]),
        await patched(http, root, root.id, disabled=True),
        await patched(http, root, root.id, disabled=True, roles=["admin"]),
        await http.delete(f"{USERS}/{root.id}", headers=root.bearer),
    ):
        assert answer.status_code == 409
        assert answer.json()["code"] == "last_operator"
    assert (await row(http, root, root.id))["roles"] == ["admin"]


async def test_an_operator_gives_up_the_role_while_there_is_another(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    await User.filter(id=ann.id).update(roles=["admin"])
    assert (await patched(http, root, root.id, roles=["user"])).status_code == 200
    answer = await http.get(f"{USERS}/{root.id}", headers=root.bearer)
    assert refusal(answer) == (403, "Admin access required")


async def test_a_deleted_user_is_gone_with_sessions_and_keys(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    await new_key(http, ann)
    answer = await http.delete(f"{USERS}/{ann.id}", headers=root.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await me(http, ann.bearer)).status_code == 401
    assert await ApiKey.filter(user_id=ann.id).count() == 0
    assert await RefreshToken.filter(user_id=ann.id).count() == 0
    (event,) = await audited("auth.user.deleted")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, ann.id)


async def test_force_logout_ends_every_session_and_no_key(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    key = (await new_key(http, ann))["key"]
    await log_in(http)
    path = f"{USERS}/{ann.id}/sessions"
    answer = await http.delete(path, headers=root.bearer)
    assert (answer.status_code, answer.json()) == (200, {"revoked": 2})
    assert (await me(http, ann.bearer)).status_code == 401
    assert (await me(http, {"Authorization": key})).status_code == 200
    (event,) = await audited("auth.user.logged_out")
    assert (str(event.actor_id), str(event.user_id)) == (root.id, ann.id)
    assert (await http.delete(path, headers=root.bearer)).json() == {"revoked": 0}


async def test_who_is_not_there_is_not_found(http: httpx.AsyncClient, root: Person) -> None:
    for user_id in ("00000000-0000-7000-8000-000000000000", "nobody"):
        for method, path in (
            ("GET", ""),
            ("DELETE", ""),
            ("GET", "/sessions"),
            ("DELETE", "/sessions"),
        ):
            answer = await http.request(method, f"{USERS}/{user_id}{path}", headers=root.bearer)
            assert refusal(answer) == (404, "User not found")
        assert refusal(await patched(http, root, user_id, name="N")) == (404, "User not found")


async def test_the_page_of_members_has_its_fields_and_at_most_200_rows(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    answer = await http.get("/v1/users", params={"search": "ANN", "page": 2}, headers=root.bearer)
    (found,) = answer.json()["data"]
    assert list(answer.json()) == ["data"]
    fields = ["id", "email", "name", "avatar_url", "roles", "auth_provider", "created_at"]
    assert list(found) == fields
    assert found["id"] == ann.id
    everybody = (await http.get("/v1/users", headers=root.bearer)).json()["data"]
    assert [one["email"] for one in everybody] == ["ann@example.com", "root@example.com"]


async def test_a_user_is_deleted_once(http: httpx.AsyncClient, root: Person, ann: Person) -> None:
    asked = [http.delete(f"{USERS}/{ann.id}", headers=root.bearer) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    assert len(await audited("auth.user.deleted")) == 1


async def test_two_operators_that_demote_each_other_at_once_leave_one(
    http: httpx.AsyncClient, root: Person
) -> None:
    other = await registered(http, "other@example.com", "Other")
    await User.filter(id=other.id).update(roles=["admin"])
    answers = await asyncio.gather(
        patched(http, root, other.id, roles=["user"]),
        patched(http, other, root.id, roles=["user"]),
    )
    assert sorted(a.status_code for a in answers) in ([200, 403], [200, 409])
    assert await User.enabled_operators() == 1


SHUT_OUT: dict[str, Callable[[Person], tuple[str, str, dict[str, object] | None]]] = {
    "deleted": lambda other: ("DELETE", f"{USERS}/{other.id}", None),
    "disabled": lambda other: ("PATCH", f"{USERS}/{other.id}", {"disabled": True}),
    "demoted": lambda other: ("PATCH", f"{USERS}/{other.id}", {"roles": ["user"]}),
    "logged out": lambda other: ("DELETE", f"{USERS}/{other.id}/sessions", None),
}


@pytest.mark.parametrize("how", SHUT_OUT)
async def test_who_is_shut_out_while_a_password_is_hashed_makes_nobody(
    http: httpx.AsyncClient, root: Person, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await registered(http, "other@example.com", "Other")
    await patched(http, root, other.id, roles=["admin"])
    method, path, change = SHUT_OUT[how](other)
    hash_it = PasswordHasher.hash

    async def slow(hasher: PasswordHasher, password: str) -> str:
        answer = await http.request(method, path, json=change, headers=root.bearer)
        assert answer.is_success, answer.text
        return await hash_it(hasher, password)

    monkeypatch.setattr(PasswordHasher, "hash", slow)
    form = {"email": "door@example.com", "password": PASSWORD, "roles": ["admin"]}
    answer = await http.post(USERS, json=form, headers=other.bearer)
    assert answer.status_code == (403 if how == "demoted" else 401), answer.text
    assert await User.by_email("door@example.com") is None
    assert [str(event.actor_id) for event in await audited("auth.user.created")] == []


async def test_a_key_of_an_operator_makes_users(http: httpx.AsyncClient, root: Person) -> None:
    key = await new_key(http, root, scopes=["admin:write"])
    form = {"email": "new@example.com", "roles": ["user", "support"]}
    answer = await http.post(USERS, json=form, headers=bearer(key["key"]))
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("scope", ["admin:write", "*"])
async def test_no_key_gives_the_role_admin_or_a_password(
    http: httpx.AsyncClient, root: Person, ann: Person, scope: str
) -> None:
    key = bearer((await new_key(http, root, scopes=[scope]))["key"])
    for form in ({"roles": ["user", "admin"]}, {"password": PASSWORD}, {"password": "short"}):
        answer = await http.post(USERS, json={"email": "n@example.com", **form}, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
        assert answer.json()["error"].endswith("sign in")
    answer = await http.patch(f"{USERS}/{ann.id}", json={"roles": ["admin"]}, headers=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert [user.is_operator for user in await User.everyone()].count(True) == 1
    assert await User.by_email("n@example.com") is None


async def test_a_key_changes_an_operator_s_other_roles(
    http: httpx.AsyncClient, root: Person
) -> None:
    key = bearer((await new_key(http, root))["key"])
    roles = {"roles": ["admin", "support"]}
    answer = await http.patch(f"{USERS}/{root.id}", json=roles, headers=key)
    assert (answer.status_code, answer.json()["roles"]) == (200, roles["roles"])


@pytest.mark.parametrize("path", [USERS, "/v1/auth/me"])
async def test_who_is_deleted_while_the_name_changes_is_gone_and_nothing_is_written(
    http: httpx.AsyncClient, root: Person, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = await registered(http, "other@example.com", "Other")
    own = path if path.endswith("me") else f"{path}/{other.id}"
    held = User.held

    async def gone(user_id: UUID) -> User | None:
        await User.remove(user_id)
        return await held(user_id)

    monkeypatch.setattr(User, "held", gone)
    shows = other.bearer if path.endswith("me") else root.bearer
    answer = await http.patch(own, json={"name": "Late"}, headers=shows)
    assert answer.status_code == (401 if path.endswith("me") else 404), answer.text
    assert await audited("auth.user.updated") == []
