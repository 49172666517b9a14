from __future__ import annotations

import httpx
import pytest

from tests.support.people import PASSWORD

pytestmark = pytest.mark.anyio


async def test_a_newcomer_registers_and_is_signed_in(http: httpx.AsyncClient) -> None:
    sent = {"email": " Ann@Example.com ", "password": PASSWORD, "name": "Ann"}
    answer = await http.post("/v1/auth/register", json=sent)
    assert answer.status_code == 201
    assert list(answer.json()) == [
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
    ]
    token = answer.json()["access_token"]
    http.cookies.clear()
    me = await http.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["email"] == "ann@example.com"
    assert me.json()["roles"] == ["user"]
