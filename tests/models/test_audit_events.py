"""The audit trail's rows: what they hold, and that they outlive those whom they speak of."""

from __future__ import annotations

import pytest

from api.audit import Action, record
from api.request_context import RequestContext
from models import AuditEvent, database, new_id
from tests.models.rows import NOW, SECOND, add_user

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]


async def test_an_event_reads_back_as_it_was_recorded() -> None:
    actor_id, user_id = new_id(), new_id()
    context = RequestContext(NOW, "192.0.2.1", "a browser", "request-1")
    await record(
        Action.API_KEY_REVOKED,
        context,
        outcome="failure",
        actor_id=actor_id,
        user_id=user_id,
        detail={"count": 3},
    )
    (event,) = await AuditEvent.newest()
    assert (event.at, event.action, event.outcome) == (
        NOW,
        "auth.api_key.revoked",
        "failure",
    )
    assert (event.actor_id, event.user_id) == (actor_id, user_id)
    assert (event.ip_address, event.user_agent) == ("192.0.2.1", "a browser")
    assert (event.request_id, event.detail) == ("request-1", {"count": 3})


async def test_an_event_needs_neither_actor_nor_address() -> None:
    await record(Action.RATE_LIMITED, RequestContext(NOW))
    (event,) = await AuditEvent.newest()
    assert (event.outcome, event.actor_id, event.user_id) == ("success", None, None)
    assert (event.ip_address, event.detail) == (None, {})


async def test_the_newest_come_first_and_no_more_than_asked_for() -> None:
    for number in range(5):
        await record(Action.LOGIN, RequestContext(NOW + number * SECOND))
    newest = await AuditEvent.newest(3)
    assert [event.at for event in newest] == [NOW + n * SECOND for n in (4, 3, 2)]


async def test_events_of_one_instant_come_in_the_order_of_their_ids() -> None:
    for _ in range(4):
        await record(Action.LOGIN, RequestContext(NOW))
    ids = [event.id for event in await AuditEvent.newest()]
    assert ids == sorted(ids, reverse=True)


async def test_an_event_outlives_its_user() -> None:
    user = await add_user()
    await record(Action.LOGIN, RequestContext(NOW), actor_id=user.id, user_id=user.id)
    await user.delete()
    assert [event.user_id for event in await AuditEvent.newest()] == [user.id]


async def test_an_event_goes_with_the_transaction_that_it_was_recorded_in() -> None:
    async def fail() -> None:
        async with database.transaction():
            await record(Action.USER_DELETED, RequestContext(NOW))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await AuditEvent.newest() == []
