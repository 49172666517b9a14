from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from api.administration import api_keys, users
from api.administration import users as user_lookup
from api.administration.actor import Actor
from api.administration.users import Wanted
from api.errors import ApiKeyNotFound, LastOperator
from api.request_context import RequestContext
from api.security.digests import digest, key_prefix
from api.settings.database_url import DatabaseUrl
from models import ApiKey, AuditEvent, RefreshToken, User, database, new_id

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OCCASION = RequestContext(NOW)
ACTOR = Actor(tool="tests")


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[None]:
    async with database.opened(DatabaseUrl.parse(database_url)):
        yield


async def made(email: str, *roles: str) -> User:
    user = await User.add(email=email, name=email, roles=list(roles), now=NOW)
    await RefreshToken.add(
        session_id=new_id(),
        user_id=user.id,
        now=NOW,
        token_hash=user.id.hex * 2,
        seed="0" * 64,
        expires_at=NOW + timedelta(days=1),
    )
    await ApiKey.add(
        user_id=user.id,
        now=NOW,
        name="ci",
        key_hash=user.id.hex * 2,
        key_prefix="evr_00000000...",
        scopes=["*"],
    )
    return user


async def changed(
    user: User, *, roles: tuple[str, ...] | None = None, disabled: bool | None = None
) -> User:
    wanted = Wanted(roles=roles, disabled=disabled)
    return await users.change(user.id, wanted, ACTOR, OCCASION)


@pytest.mark.usefixtures("opened")
async def test_enabling_a_disabled_user_revives_no_session_but_their_keys() -> None:
    user = await made("ann@example.com", "user")
    await changed(user, disabled=True)
    await changed(user, disabled=False)
    assert await RefreshToken.of_user(user.id, now=NOW) == []
    assert len(await ApiKey.of_user(user.id)) == 1


@pytest.mark.usefixtures("opened")
async def test_disabling_whom_a_hand_has_disabled_ends_the_sessions_and_keeps_the_time() -> None:
    user = await made("ann@example.com", "user")
    earlier = NOW - timedelta(days=1)
    await User.filter(id=user.id).update(disabled_at=earlier)
    assert (await changed(user, disabled=True)).disabled_at == earlier
    assert await RefreshToken.of_user(user.id, now=NOW) == []
    (event,) = await AuditEvent.newest()
    assert event.detail == {"by": "tests", "disabled": True, "sessions": 1}


@pytest.mark.usefixtures("opened")
async def test_disabling_once_more_is_nothing_to_write_down() -> None:
    user = await made("ann@example.com", "user")
    await changed(user, disabled=True)
    await changed(user, disabled=True)
    assert len(await AuditEvent.newest()) == 1


@pytest.mark.usefixtures("opened")
async def test_a_new_password_ends_every_session() -> None:
    user = await made("ann@example.com", "user")
    assert await user_lookup.set_password(user, "$2b$04$new", ACTOR, OCCASION) == 1
    again = await User.by_id(user.id)
    assert again is not None
    assert again.password_hash == "$2b$04$new"
    assert await RefreshToken.of_user(user.id, now=NOW) == []


@pytest.mark.usefixtures("opened")
async def test_a_deleted_user_takes_everything_along_but_the_trail() -> None:
    user = await made("ann@example.com", "user")
    await user_lookup.delete_user(user, ACTOR, OCCASION)
    assert await User.by_id(user.id) is None
    assert await ApiKey.all().count() == await RefreshToken.all().count() == 0
    assert (await AuditEvent.newest(1))[0].action == "auth.user.deleted"


@pytest.mark.usefixtures("opened")
async def test_the_last_enabled_operator_stays() -> None:
    root = await made("root@example.com", "admin")
    other = await made("other@example.com", "admin")
    await changed(other, disabled=True)
    with pytest.raises(LastOperator):
        await user_lookup.delete_user(root, ACTOR, OCCASION)
    with pytest.raises(LastOperator):
        await changed(root, disabled=True)
    with pytest.raises(LastOperator):
        await changed(root, roles=("user",))
    await changed(other, disabled=False)
    await changed(root, roles=("user",))


@pytest.mark.usefixtures("opened")
async def test_a_key_is_named_by_its_id_whole_or_by_a_beginning_that_is_long_enough() -> None:
    user = await made("ann@example.com", "user")
    whole = "evr_" + "ab" * 32
    key = await ApiKey.add(
        user_id=user.id,
        now=NOW,
        name="leaked",
        key_hash=digest(whole),
        key_prefix=key_prefix(whole),
        scopes=["*"],
    )
    for text in (str(key.id), whole, "evr_abababab", "evr_abababab..."):
        assert (await api_keys.key_by_id_or_prefix(text)).id == key.id
    for text in ("evr_", "evr_ab", "", "nonsense", "evr_%"):
        with pytest.raises(ApiKeyNotFound):
            await api_keys.key_by_id_or_prefix(text)
