from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api import errors
from api.accounts import api_keys
from api.request_context import RequestContext
from models import ApiKey, RefreshToken
from tests.api.clients import app_of, by_hand, neighbour
from tests.api.people import Headers, me, new_key, refusal
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

PATH = "/v1/auth/api-keys"


async def create(http: httpx.AsyncClient, headers: Headers, **fields: object) -> httpx.Response:
    return await http.post(PATH, json=fields, headers=headers)


async def listed(http: httpx.AsyncClient, headers: Headers) -> list[dict[str, Any]]:
    answer = await http.get(PATH, headers=headers)
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def test_a_new_key_is_shown_in_full_this_once(http: httpx.AsyncClient, ann: Person) -> None:
    answer = await create(http, ann.bearer, name=" CI ")
    assert answer.status_code == 201
    made = answer.json()
    assert list(made) == [
        *("id", "name", "key", "key_prefix", "scopes", "expires_at", "created_at"),
    ]
    assert re.fullmatch(r"evr_[0-9a-f]{64}", made["key"])
    assert made["key_prefix"] == made["key"][:12] + "..."
    assert (made["name"], made["scopes"], made["expires_at"]) == ("CI", ["*"], None)
    assert answer.headers["cache-control"] == "no-store"


async def test_only_the_digest_is_stored(http: httpx.AsyncClient, ann: Person) -> None:
    made = await new_key(http, ann)
    (row,) = await ApiKey.all()
    assert row.key_hash == hashlib.sha256(made["key"].encode()).hexdigest()


async def test_the_list_is_a_bare_array_without_the_keys(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    first, second = await new_key(http, ann), await new_key(http, ann, scopes=["a:b"])
    await new_key(http, bob)
    answer = await http.get(PATH, headers=ann.bearer)
    rows = answer.json()
    assert [row["id"] for row in rows] == [second["id"], first["id"]]
    assert list(rows[0]) == [
        *("id", "name", "key_prefix", "scopes", "expires_at"),
        *("last_used_at", "created_at"),
    ]
    assert rows[0]["scopes"] == ["a:b"]
    assert first["key"] not in answer.text


async def test_a_key_may_expire(http: httpx.AsyncClient, ann: Person, database_url: str) -> None:
    made = await new_key(http, ann, expires_in_days=30)
    created, expires = (datetime.fromisoformat(made[name]) for name in ("created_at", "expires_at"))
    assert expires - created == timedelta(days=30)
    assert (await me(http, bearer(made["key"]))).status_code == 200
    expire = "UPDATE api_keys SET expires_at = '2026-01-01 00:00:00+00:00'"
    await by_hand(database_url, expire)
    assert refusal(await me(http, bearer(made["key"]))) == (401, "API key expired")


async def test_what_breaks_a_rule_is_422(http: httpx.AsyncClient, ann: Person) -> None:
    broken: list[tuple[dict[str, object], str]] = [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "nul\0"}, "name"),
        ({"name": None}, "name"),
        ({"name": "k", "scopes": ["Upper"]}, "scopes"),
        ({"name": "k", "scopes": [""]}, "scopes"),
        ({"name": "k", "scopes": ["a b"]}, "scopes"),
        ({"name": "k", "scopes": ["s" * 65]}, "scopes"),
        ({"name": "k", "scopes": [f"s{n}" for n in range(33)]}, "scopes"),
        ({"name": "k", "scopes": "a"}, "scopes"),
        ({"name": "k", "scopes": [7]}, "scopes.0"),
        ({"name": "k", "expires_in_days": 0}, "expires_in_days"),
        ({"name": "k", "expires_in_days": -1}, "expires_in_days"),
        ({"name": "k", "expires_in_days": 10**9}, "expires_in_days"),
        ({"name": "k", "expires_in_days": 10**30}, "expires_in_days"),
        ({"name": "k", "expires_in_days": 1.5}, "expires_in_days"),
        ({"name": "k", "expires_in_days": "7"}, "expires_in_days"),
        ({"name": "k", "expires_in_days": True}, "expires_in_days"),
    ]
    for fields, at_fault in broken:
        answer = await create(http, ann.bearer, **fields)
        assert answer.status_code == 422, fields
        assert [e["field"] for e in answer.json()["errors"]] == [at_fault]
        if at_fault == "expires_in_days":
            assert answer.json()["error"].startswith("expires_in_days: ")
    assert await ApiKey.all() == []


async def test_a_revoked_key_is_refused_at_once(http: httpx.AsyncClient, ann: Person) -> None:
    made, kept = await new_key(http, ann), await new_key(http, ann)
    answer = await http.delete(f"{PATH}/{made['id']}", headers=ann.bearer)
    assert (answer.status_code, answer.content) == (204, b"")
    assert refusal(await me(http, bearer(made["key"]))) == (401, "Invalid API key")
    assert (await me(http, bearer(kept["key"]))).status_code == 200
    again = await http.delete(f"{PATH}/{made['id']}", headers=ann.bearer)
    assert refusal(again) == (404, "API key not found")


async def test_another_user_s_key_is_as_unknown_as_any(
    http: httpx.AsyncClient, ann: Person, bob: Person
) -> None:
    made = await new_key(http, bob)
    for key_id in (made["id"], "01a20fdf-529d-763a-af3c-d81e7b49098b", "x"):
        answer = await http.delete(f"{PATH}/{key_id}", headers=ann.bearer)
        assert refusal(answer) == (404, "API key not found")
    assert (await me(http, bearer(made["key"]))).status_code == 200


async def test_keys_need_somebody(http: httpx.AsyncClient) -> None:
    for answer in (
        await http.get(PATH),
        await create(http, {}, name="k"),
        await http.delete(f"{PATH}/01a20fdf-529d-763a-af3c-d81e7b49098b"),
    ):
        assert refusal(answer) == (401, "Authentication required")


async def test_a_use_is_noted_with_its_address(http: httpx.AsyncClient, ann: Person) -> None:
    made, unused = await new_key(http, ann), await new_key(http, ann)
    async with neighbour(http, "192.0.2.9") as elsewhere:
        await me(elsewhere, bearer(made["key"]))
    await app_of(http).ctx.services.last_used.flush()
    times = {row["id"]: row["last_used_at"] for row in await listed(http, ann.bearer)}
    assert times[made["id"]] >= made["created_at"]
    assert times[unused["id"]] is None
    row = await ApiKey.all().get(id=made["id"])
    assert row.last_used_ip == "192.0.2.9"


async def test_a_session_that_ends_meanwhile_makes_no_key(
    http: httpx.AsyncClient, ann: Person
) -> None:
    authenticator = app_of(http).ctx.services.authenticator
    context = RequestContext(datetime.now(UTC))
    principal = await authenticator.by_access_token(ann.access_token, context)
    await RefreshToken.all().delete()
    wish = api_keys.KeyRequest(name="k", scopes=(), expires_in_days=None)
    with pytest.raises(errors.InvalidToken):
        await api_keys.create(principal, wish, context)
    assert await ApiKey.all().count() == 0
