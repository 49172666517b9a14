from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from models import AuditEvent, database
from tests.api.clients import neighbour
from tests.api.people import audited, log_in, me, new_key, refresh, registered, signed_in
from tests.support.people import PASSWORD, Person, bearer

pytestmark = pytest.mark.anyio


async def trail() -> list[tuple[str, str]]:
    """Actions and outcomes, oldest first."""
    events = reversed(await AuditEvent.all())
    return [(event.action, event.outcome) for event in events]


async def test_a_day_of_a_user_leaves_one_row_an_event(
    http: httpx.AsyncClient,
) -> None:
    ann = await registered(http)
    await log_in(http, password="not it")
    other = await signed_in(http)
    made = await new_key(http, ann)
    await http.delete(f"/v1/auth/api-keys/{made['id']}", headers=ann.bearer)
    await http.patch("/v1/auth/me", json={"name": "Anna"}, headers=ann.bearer)
    path = f"/v1/auth/sessions/{other.session_id}"
    await http.delete(path, headers=ann.bearer)
    form = {"current_password": PASSWORD, "new_password": "another password"}
    await http.post("/v1/auth/password", json=form, headers=ann.bearer)
    await http.post("/v1/auth/logout", headers=ann.bearer)
    assert await trail() == [
        ("auth.register", "success"),
        ("auth.login", "failure"),
        ("auth.login", "success"),
        ("auth.api_key.created", "success"),
        ("auth.api_key.revoked", "success"),
        ("auth.user.updated", "success"),
        ("auth.session.revoked", "success"),
        ("auth.password.changed", "success"),
        ("auth.logout", "success"),
    ]
    events = await AuditEvent.all()
    assert {event.user_id for event in events} == {UUID(ann.id)}
    successes = [event for event in events if event.outcome == "success"]
    assert {event.actor_id for event in successes} == {UUID(ann.id)}


async def test_a_row_says_when_from_where_and_in_which_request(
    http: httpx.AsyncClient, ann: Person
) -> None:
    async with neighbour(http, "192.0.2.33") as phone:
        phone.headers["User-Agent"] = "a phone \xe9" + "x" * 600
        answer = await log_in(phone)
    (event,) = await audited("auth.login")
    assert event.ip_address == "192.0.2.33"
    assert event.request_id == answer.headers["x-request-id"]
    assert event.user_agent is not None and event.user_agent.startswith("a phone")
    assert len(event.user_agent) <= 512
    assert event.at.utcoffset() is not None


async def test_a_secret_in_the_wrong_header_is_not_written_down(
    behind_proxy: None, http: httpx.AsyncClient, ann: Person
) -> None:
    key = "evr_" + "1a" * 28
    async with neighbour(http, "192.0.2.33") as phone:
        phone.headers["User-Agent"] = f"probe/1 {key} Bearer {ann.access_token} end"
        phone.headers["X-Request-Id"] = f"x.{key}"
        await log_in(phone)
    (event,) = await audited("auth.login")
    assert event.user_agent == "probe/1 … Bearer … end"
    assert event.request_id is not None and "evr_" not in event.request_id


async def test_a_failed_sign_in_of_nobody_has_no_user(
    http: httpx.AsyncClient,
) -> None:
    await log_in(http, "nobody@example.com")
    (event,) = await audited("auth.login")
    assert (event.outcome, event.actor_id, event.user_id) == ("failure", None, None)


async def test_reading_and_refreshing_leave_no_rows(http: httpx.AsyncClient, ann: Person) -> None:
    before = await trail()
    await me(http, ann.bearer)
    await me(http, bearer("nonsense"))
    await http.get("/v1/auth/verify", headers=ann.bearer)
    await refresh(http, ann.refresh_token)
    await refresh(http, ann.refresh_token)
    await http.delete("/v1/auth/sessions", headers=ann.bearer)
    assert await trail() == before


async def everything_stored() -> str:
    """All rows of all tables, as text."""
    connection = database.connection()
    names = "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    if database.engine().name == "sqlite":
        names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    tables = [row["name"] for row in await connection.execute_query_dict(names)]
    assert {"users", "refresh_tokens", "api_keys", "audit_events"} <= set(tables)
    rows = [await connection.execute_query_dict(f'SELECT * FROM "{table}"') for table in tables]
    return str(rows)


async def test_no_row_anywhere_holds_a_password_a_token_or_a_key(
    http: httpx.AsyncClient, ann: Person
) -> None:
    second = (await refresh(http, ann.refresh_token)).json()
    key = (await new_key(http, ann))["key"]
    mistyped = "typed into the wrong field"
    await me(http, bearer(key))
    await log_in(http, email=mistyped, password=ann.email)
    await log_in(http, password=mistyped)
    new = "a brand new password"
    for current in (mistyped, PASSWORD):
        form = {"current_password": current, "new_password": new}
        await http.post("/v1/auth/password", json=form, headers=ann.bearer)
    await log_in(http, password=new)
    await http.post("/v1/auth/logout", json={"refresh_token": ann.refresh_token})
    secrets = [PASSWORD, new, mistyped, key, key[4:]]
    for token in (ann.access_token, ann.refresh_token, *second.values()):
        secrets += [part for part in str(token).split(".")[1:] if part]
    stored = await everything_stored()
    assert [secret for secret in secrets if secret in stored] == []
