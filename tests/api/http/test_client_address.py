"""A client behind a proxy is shown by its own address everywhere."""

from __future__ import annotations

import httpx
import pytest

from models import ApiKey
from tests.api.clients import app_of, neighbour
from tests.api.people import audited, new_key, signed_in
from tests.support.people import Person, bearer

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("behind_proxy")]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("6.6.6.6, [2001:db8::7]:443", "2001:db8::7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", None),
    ],
)
async def test_sessions_keys_and_the_trail_show_the_same_address(
    written: str, shown: str | None, http: httpx.AsyncClient, ann: Person
) -> None:
    http.headers["X-Forwarded-For"] = written
    again = await signed_in(http)
    sessions = (await http.get("/v1/auth/sessions", headers=again.bearer)).json()
    assert [row["ip_address"] for row in sessions if row["current"]] == [shown]
    key = await new_key(http, ann)
    for _ in range(2):  # verified in full, and then remembered
        await http.get("/v1/auth/verify", headers=bearer(key["key"]))
    await app_of(http).ctx.services.last_used.flush()
    assert (await ApiKey.get(id=key["id"])).last_used_ip == shown
    assert {event.ip_address for event in await audited("auth.login")} == {shown}


async def test_ipv4_on_a_dual_stack_socket_is_counted_as_ipv4(
    http: httpx.AsyncClient, ann: Person
) -> None:
    wrong = {"email": ann.email, "password": "not it"}
    for number, address in enumerate(["::ffff:192.0.2.1", "192.0.2.1"] * 5):
        async with neighbour(http, address) as client:
            answer = await client.post("/v1/auth/login", json=wrong)
            assert answer.status_code == 401, number
    async with neighbour(http, "::ffff:192.0.2.1") as client:
        assert (await client.post("/v1/auth/login", json=wrong)).status_code == 429
