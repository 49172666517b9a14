"""The operators' endpoints in the modes in which nobody registers."""

from __future__ import annotations

import pytest

from models import ANONYMOUS_ID
from tests.api.clients import OPERATOR_EMAIL, OPERATOR_PASSWORD, answering, in_mode
from tests.api.people import audited, signed_in

pytestmark = pytest.mark.anyio

HERE = {"Host": "localhost"}


async def test_in_mode_none_everybody_is_the_anonymous_operator_who_is_listed(
    database_url: str,
) -> None:
    async with answering(in_mode(database_url, "none")) as http:
        (row,) = (await http.get("/v1/admin/users", headers=HERE)).json()["data"]
        assert (row["id"], row["email"]) == (str(ANONYMOUS_ID), "anonymous@local")
        form = {"email": "ann@example.com", "roles": ["admin"]}
        made = await http.post("/v1/admin/users", json=form, headers=HERE)
        assert made.status_code == 201
        (event,) = await audited("auth.user.created")
        assert event.actor_id == ANONYMOUS_ID
        # The anonymous one is not counted, so she is the last.
        path = f"/v1/admin/users/{made.json()['id']}"
        assert (await http.delete(path, headers=HERE)).status_code == 409


async def test_in_mode_none_nobody_can_take_the_role_from_everybody(database_url: str) -> None:
    path = f"/v1/admin/users/{ANONYMOUS_ID}"
    async with answering(in_mode(database_url, "none")) as http:
        for change in ({"roles": ["user"]}, {"disabled": True}):
            assert (await http.patch(path, json=change, headers=HERE)).status_code == 200
            answer = await http.get("/v1/auth/me", headers=HERE)
            assert answer.json()["roles"] == ["admin"]
            assert (await http.get("/v1/admin/users", headers=HERE)).status_code == 200
        assert (await http.delete(path, headers=HERE)).status_code == 204
        assert (await http.get("/v1/admin/users", headers=HERE)).status_code == 200


async def test_in_mode_none_another_host_sees_no_list(database_url: str) -> None:
    async with answering(in_mode(database_url, "none")) as http:
        answer = await http.get("/v1/admin/users", headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign_host")


USERS = "/v1/admin/users"


async def test_in_mode_admin_the_environments_operator_sees_the_lists(database_url: str) -> None:
    async with answering(in_mode(database_url, "admin")) as http:
        root = await signed_in(http, OPERATOR_EMAIL, OPERATOR_PASSWORD)
        (row,) = (await http.get("/v1/admin/users", headers=root.bearer)).json()["data"]
        assert (row["email"], row["name"], row["session_count"]) == (OPERATOR_EMAIL, "Admin", 1)
        (session,) = (await http.get("/v1/admin/sessions", headers=root.bearer)).json()["data"]
        assert session["id"] == root.session_id
        # One whom this mode does not admit is no operator who could stay.
        other = {"email": "second@example.com", "roles": ["admin"]}
        assert (await http.post(USERS, json=other, headers=root.bearer)).status_code == 201
        for method, change in (
            ("DELETE", None),
            ("PATCH", {"disabled": True}),
            ("PATCH", {"roles": ["user"]}),
        ):
            answer = await http.request(
                method, f"{USERS}/{root.id}", json=change, headers=root.bearer
            )
            assert (answer.status_code, answer.json()["code"]) == (409, "last_operator")
