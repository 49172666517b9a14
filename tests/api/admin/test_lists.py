from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.people import new_key, signed_in
from tests.support.people import Person

pytestmark = pytest.mark.anyio


async def asked(
    http: httpx.AsyncClient, root: Person, path: str, **query: object
) -> dict[str, Any]:
    """A list as an operator gets it."""
    params = {name: str(value) for name, value in query.items() if value is not None}
    answer = await http.get(path, params=params, headers=root.bearer)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_user_is_listed_with_the_fields_of_the_contract_in_their_order(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    await new_key(http, ann)
    await signed_in(http)
    listed = await asked(http, root, "/v1/admin/users", q="ann@")
    assert list(listed) == ["data", "next_cursor", "previous_cursor"]
    (row,) = listed["data"]
    assert list(row) == [
        "id",
        "email",
        "name",
        "avatar_url",
        "roles",
        "email_verified",
        "auth_provider",
        "disabled_at",
        "created_at",
        "last_active_at",
        "session_count",
        "api_key_count",
    ]
    assert row["id"] == ann.id
    assert row["created_at"].endswith("Z")
    assert (row["session_count"], row["api_key_count"], row["auth_provider"]) == (2, 1, "local")


@pytest.mark.parametrize(
    ("path", "sorts"),
    [
        ("/v1/admin/users", ("email", "name", "created_at", "last_active_at")),
        ("/v1/admin/sessions", ("created_at", "last_used_at", "expires_at")),
        ("/v1/admin/api-keys", ("name", "created_at", "last_used_at", "expires_at")),
        ("/v1/admin/audit-events", ("at",)),
    ],
)
async def test_a_list_goes_forwards_and_backwards_in_pages_by_every_sort(
    http: httpx.AsyncClient, root: Person, ann: Person, path: str, sorts: tuple[str, ...]
) -> None:
    for number in range(3):
        await new_key(http, ann, name=f"key {number}", expires_in_days=number or None)
        await signed_in(http)
    for sort in [sign + sort for sort in sorts for sign in ("", "-")]:
        whole = (await asked(http, root, path, sort=sort))["data"]
        there, page = [], await asked(http, root, path, sort=sort, limit=1)
        assert page["previous_cursor"] is None
        there += page["data"]
        while page["next_cursor"]:
            page = await asked(http, root, path, sort=sort, limit=1, cursor=page["next_cursor"])
            there += page["data"]
        assert [row["id"] for row in there] == [row["id"] for row in whole]
        assert len(whole) >= 2
        back = list(page["data"])
        while page["previous_cursor"]:
            cursor = page["previous_cursor"]
            page = await asked(http, root, path, sort=sort, limit=1, cursor=cursor)
            back = page["data"] + back
        assert [row["id"] for row in back] == [row["id"] for row in whole]


async def test_every_filter_of_every_list_is_applied(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    key = await new_key(http, ann, name="ci-deploy")
    for path, filters, expected in (
        ("/v1/admin/users", {"q": "AnN@eX"}, {ann.id}),
        ("/v1/admin/users", {"q": "xample"}, {ann.id, root.id}),
        ("/v1/admin/users", {"q": "an"}, {ann.id}),
        ("/v1/admin/users", {"q": "nn"}, set()),
        ("/v1/admin/users", {"q": "nn@%"}, set()),
        ("/v1/admin/users", {"role": "admin"}, {root.id}),
        ("/v1/admin/users", {"role": "user"}, {ann.id}),
        ("/v1/admin/users", {"provider": "local"}, {ann.id, root.id}),
        ("/v1/admin/users", {"provider": "google"}, set()),
        ("/v1/admin/users", {"disabled": "true"}, set()),
        ("/v1/admin/users", {"disabled": "false", "q": "root"}, {root.id}),
        ("/v1/admin/api-keys", {"q": "i-dep"}, {key["id"]}),
        ("/v1/admin/api-keys", {"q": key["key_prefix"][:10]}, {key["id"]}),
        ("/v1/admin/api-keys", {"q": "ann@"}, {key["id"]}),
        ("/v1/admin/api-keys", {"q": "root"}, set()),
        ("/v1/admin/api-keys", {"user_id": ann.id}, {key["id"]}),
        ("/v1/admin/api-keys", {"user_id": root.id}, set()),
        ("/v1/admin/api-keys", {"status": "never_used"}, {key["id"]}),
        ("/v1/admin/api-keys", {"status": "live"}, set()),
        ("/v1/admin/api-keys", {"status": "stale"}, set()),
        ("/v1/admin/api-keys", {"status": "expired"}, set()),
        ("/v1/admin/sessions", {"q": "ann@"}, {ann.session_id}),
        ("/v1/admin/sessions", {"user_id": ann.id}, {ann.session_id}),
        ("/v1/admin/sessions", {"status": "expired"}, set()),
        (f"/v1/admin/users/{ann.id}/sessions", {}, {ann.session_id}),
    ):
        rows = (await asked(http, root, path, **filters))["data"]
        assert {row["id"] for row in rows} == expected, (path, filters)
