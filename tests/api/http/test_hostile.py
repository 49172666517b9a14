"""What strangers send, and what operators write by hand, that once got through."""

from __future__ import annotations

import io

import httpx
import pytest

from api.server import logs
from api.settings import Settings
from models import database
from tests.api.people import registered
from tests.support.databases import execute

pytestmark = pytest.mark.anyio


async def test_bytes_that_are_no_text_in_a_user_agent_change_nothing(
    http: httpx.AsyncClient,
) -> None:
    ann = await registered(http)
    odd = {b"User-Agent": b"\xffphone"}
    first = {"refresh_token": ann.refresh_token}
    second = (await http.post("/v1/auth/refresh", json=first, headers=odd)).json()
    await http.post("/v1/auth/refresh", json={"refresh_token": second["refresh_token"]})
    replay = await http.post("/v1/auth/refresh", json=first, headers=odd)
    assert replay.status_code == 401
    assert (await http.get("/v1/auth/me", headers=ann.bearer)).status_code == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_text_that_is_not_utf_8_keeps_nobody_s_credential_alive(
    http: httpx.AsyncClient, database_url: str
) -> None:
    ann, bob = await registered(http), await registered(http, "bob@example.com", "Bob")
    await execute(
        database_url, "UPDATE users SET name = CAST(X'4afc72' AS TEXT) WHERE id = ?", bob.id
    )
    for _ in range(3):
        assert (await http.get("/v1/auth/me", headers=bob.bearer)).status_code == 200
    await execute(database_url, "DELETE FROM refresh_tokens WHERE user_id = ?", ann.id)
    assert (await http.get("/v1/auth/me", headers=ann.bearer)).status_code == 401


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "nonsense",
    ["email_verified = 'false'", "disabled_at = '2026-19-39 29:59'", "created_at = 'junk'"],
)
async def test_nonsense_by_hand_is_refused_by_the_table(
    http: httpx.AsyncClient, database_url: str, nonsense: str
) -> None:
    await registered(http)
    with pytest.raises(Exception, match="CHECK constraint failed"):
        await execute(database_url, f"UPDATE users SET {nonsense}")


async def test_strangers_choose_no_labels_of_the_metrics(http: httpx.AsyncClient) -> None:
    ann = await registered(http)
    async with database.transaction():
        await database.connection().execute_query("UPDATE users SET roles = '[\"admin\"]'")
    for number in range(3):
        await http.request(f"ODD{number}", "/v1/auth/me")
    numbers = (await http.get("/metrics", headers=ann.bearer)).text
    assert "ODD" not in numbers
    assert 'method="other"' in numbers


async def test_a_log_out_ends_every_session_that_a_cookie_names(http: httpx.AsyncClient) -> None:
    ann, bob = await registered(http), await registered(http, "bob@example.com", "Bob")
    both = f"refresh_token={ann.refresh_token}; refresh_token={bob.refresh_token}"
    await http.post("/v1/auth/logout", headers={"Cookie": both})
    for person in (ann, bob):
        assert (await http.get("/v1/auth/me", headers=person.bearer)).status_code == 401


async def test_a_secret_in_a_path_is_not_written_down(
    http: httpx.AsyncClient, settings: Settings
) -> None:
    ann = await registered(http)
    lines = io.StringIO()
    logs.configure(settings, lines)
    key = "evr_" + "a1" * 32
    await http.delete(f"/v1/auth/api-keys/{key}", headers=ann.bearer)
    await http.get(f"/v1/auth/nothing/{ann.access_token}")
    ours = [line for line in lines.getvalue().splitlines() if "[httpx]" not in line]
    assert not any(key in line or ann.access_token in line for line in ours)
