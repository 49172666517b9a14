from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from models import AuditEvent, User
from tests.api.people import log_in, refusal
from tests.support.people import Person

pytestmark = pytest.mark.anyio

EVENTS = "/v1/admin/audit-events"


async def events(http: httpx.AsyncClient, root: Person, **filters: str) -> list[dict[str, Any]]:
    answer = await http.get(EVENTS, params=filters, headers=root.bearer)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def test_an_event_is_listed_newest_first_with_the_e_mails_of_its_people(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    path = f"/v1/admin/users/{ann.id}/sessions"
    deleted = await http.delete(path, headers=root.bearer)
    newest = (await events(http, root))[0]
    assert list(newest) == [
        "id",
        "at",
        "action",
        "outcome",
        "actor_id",
        "actor_email",
        "user_id",
        "user_email",
        "ip_address",
        "user_agent",
        "request_id",
        "detail",
    ]
    assert (newest["action"], newest["outcome"]) == ("auth.user.logged_out", "success")
    assert (newest["actor_id"], newest["actor_email"]) == (root.id, root.email)
    assert (newest["user_id"], newest["user_email"]) == (ann.id, ann.email)
    assert newest["request_id"] == deleted.headers["x-request-id"]
    assert newest["detail"] == {"sessions": 1}
    answer = await http.get(f"{EVENTS}/{newest['id']}", headers=root.bearer)
    assert answer.json() == newest


async def test_who_is_gone_has_no_e_mail_in_the_trail(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    await User.filter(id=ann.id).delete()
    (event,) = await events(http, root, user_id=ann.id)
    assert (event["action"], event["user_email"], event["actor_email"]) == (
        "auth.register",
        None,
        None,
    )


async def test_each_filter_and_all_of_them_together_are_applied(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    await log_in(http, password="wrong words")
    await log_in(http)
    everything = await events(http, root)
    for filters in (
        {"action": "auth.login"},
        {"outcome": "failure"},
        {"outcome": "success"},
        {"user_id": ann.id},
        {"actor_id": ann.id},
        {"action": "auth.login", "outcome": "failure", "user_id": ann.id},
        {"action": "auth.login", "outcome": "success", "user_id": ann.id, "actor_id": ann.id},
    ):
        found = await events(http, root, **filters)
        expected = [e for e in everything if all(e[name] == v for name, v in filters.items())]
        assert found == expected
        assert found != []


async def test_a_span_of_time_has_its_beginning_and_not_its_end(
    http: httpx.AsyncClient, root: Person, ann: Person
) -> None:
    event = (await AuditEvent.filter(user_id=ann.id))[0]
    at, later = event.at.isoformat(), (event.at + timedelta(microseconds=1)).isoformat()
    ids = [e["id"] for e in await events(http, root, since=at, until=later)]
    assert str(event.id) in ids
    assert str(event.id) not in [e["id"] for e in await events(http, root, since=later)]
    assert str(event.id) not in [e["id"] for e in await events(http, root, until=at)]
    assert await events(http, root, since=later, until=at) == []


async def test_an_event_that_is_not_there_is_not_found(
    http: httpx.AsyncClient, root: Person
) -> None:
    for event_id in ("00000000-0000-7000-8000-000000000000", "nothing"):
        answer = await http.get(f"{EVENTS}/{event_id}", headers=root.bearer)
        assert refusal(answer) == (404, "Audit event not found")
