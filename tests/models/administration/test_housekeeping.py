"""What is thrown away, and what the limits spare."""

from __future__ import annotations

import pytest

from api.administration.housekeeping import KEPT, Purged, purge
from api.audit import Action, record
from api.request_context import RequestContext
from api.security.digests import digest
from models import ApiKey, AuditEvent, KnownNetwork, RefreshToken, Unblock, UsedState, User
from tests.models.rows import DAY, NOW, SECOND, add_key, add_session, add_user

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("opened")]


async def test_an_empty_database_has_nothing_to_throw_away() -> None:
    assert await purge(NOW) == Purged(0, 0, 0, 0, 0, 0)


async def test_sessions_go_once_they_are_expired() -> None:
    user = await add_user()
    for token, expires_at in (
        ("past", NOW - SECOND),
        ("long past", NOW - 400 * DAY),
        ("now", NOW),
        ("soon", NOW + SECOND),
    ):
        await add_session(user, token, user_agent=token, expires_at=expires_at)
    assert (await purge(NOW)).sessions == 2
    kept = {session.user_agent for session in await RefreshToken.all()}
    assert kept == {"now", "soon"}


async def test_keys_go_ninety_days_after_they_expired() -> None:
    user = await add_user()
    for name, expires_at in (
        ("never", None),
        ("valid", NOW + DAY),
        ("expired", NOW - DAY),
        ("on the day", NOW - 90 * DAY),
        ("over", NOW - 90 * DAY - SECOND),
    ):
        await add_key(user, name, expires_at=expires_at)
    assert (await purge(NOW)).api_keys == 1
    kept = {key.name for key in await ApiKey.all()}
    assert kept == {"never", "valid", "expired", "on the day"}


async def test_a_key_that_nobody_uses_stays() -> None:
    key = await add_key(await add_user(), now=NOW - 1_000 * DAY)
    await purge(NOW)
    assert await ApiKey.by_digest(key.key_hash) == key


async def test_audit_rows_go_after_ninety_days() -> None:
    assert KEPT == 90 * DAY
    for age in (0 * DAY, 89 * DAY, 90 * DAY, 90 * DAY + SECOND, 1_000 * DAY):
        await record(Action.LOGIN, RequestContext(NOW - age))
    assert (await purge(NOW)).audit_events == 2
    ages = [NOW - event.at for event in await AuditEvent.newest()]
    assert ages == [0 * DAY, 89 * DAY, 90 * DAY]


async def test_used_states_go_once_they_could_not_come_again() -> None:
    for name, expires_at in (("past", NOW - SECOND), ("now", NOW), ("soon", NOW + SECOND)):
        assert await UsedState.use(digest(name), expires_at=expires_at)
    assert (await purge(NOW)).used_states == 1
    assert {row.state_hash for row in await UsedState.all()} == {digest("now"), digest("soon")}
    assert not await UsedState.use(digest("now"), expires_at=NOW)


async def test_networks_go_ninety_days_after_the_last_sign_in() -> None:
    user = await add_user()
    for network, age in (("192.0.2.1", 90 * DAY), ("192.0.2.2", 90 * DAY + SECOND)):
        await KnownNetwork.note(user.id, network, now=NOW - age)
    assert (await purge(NOW)).known_networks == 1
    assert {row.network for row in await KnownNetwork.all()} == {"192.0.2.1"}


async def test_unblockings_go_after_a_day() -> None:
    for subject, age in (("192.0.2.1", DAY), ("192.0.2.2", DAY + SECOND)):
        await Unblock.add(subject, now=NOW - age)
    assert (await purge(NOW)).unblocks == 1
    assert {row.subject for row in await Unblock.all()} == {"192.0.2.1"}


async def test_users_are_never_thrown_away() -> None:
    user = await add_user(disabled_at=NOW - 1_000 * DAY, now=NOW - 2_000 * DAY)
    await add_session(user, expires_at=NOW - DAY)
    await purge(NOW)
    assert await User.everyone() == [user]
