"""From where somebody signed in, as the limits ask for it."""

from __future__ import annotations

import pytest

from api.settings.database_url import DatabaseUrl
from models import KnownNetwork, Unblock, User, database
from tests.models.rows import DAY, NOW, SECOND, add_user
from tests.support.databases import execute

pytestmark = pytest.mark.anyio

HOME, ELSEWHERE = "192.0.2.1", "2001:db8::/64"


async def is_known(email: str, network: str) -> bool:
    return await KnownNetwork.is_known(email, network, since=NOW)


@pytest.mark.usefixtures("opened")
async def test_a_network_is_known_of_the_one_account_that_signed_in_from_it() -> None:
    user = await add_user()
    await add_user("ben@example.com")
    await KnownNetwork.note(user.id, HOME, now=NOW)
    assert await is_known(user.email, HOME)
    assert not await is_known(user.email, ELSEWHERE)
    for other in ("ben@example.com", "nobody@example.com", "nul\0@example.com", "x" * 10_000):
        assert not await is_known(other, HOME)


@pytest.mark.usefixtures("opened")
async def test_the_last_sign_in_counts_and_never_goes_back() -> None:
    user = await add_user()
    for at in (NOW - SECOND, NOW, NOW - DAY):
        await KnownNetwork.note(user.id, HOME, now=at)
    (row,) = await KnownNetwork.all()
    assert (row.user_id, row.network, row.last_sign_in_at) == (user.id, HOME, NOW)
    assert not await KnownNetwork.is_known(user.email, HOME, since=NOW + SECOND)


@pytest.mark.parametrize("by_hand", [False, True])
async def test_networks_go_with_their_user(opened: str, by_hand: bool) -> None:
    user = await add_user()
    await KnownNetwork.note(user.id, HOME, now=NOW)
    if by_hand:
        await execute(opened, "DELETE FROM users")
    else:
        await User.remove(user.id)
    assert await KnownNetwork.all() == []


@pytest.mark.usefixtures("opened")
async def test_only_unblockings_of_the_subjects_and_of_the_last_hour_are_told() -> None:
    told = [await Unblock.add(subject, now=NOW) for subject in ("ann@example.com", HOME)]
    await Unblock.add(HOME, now=NOW - SECOND)
    await Unblock.add(ELSEWHERE, now=NOW)
    subjects = ["ann@example.com", HOME, "nul\0"]
    assert await Unblock.of(subjects, since=NOW) == [(row.id, row.subject) for row in told]


@pytest.mark.parametrize("column", ["last_sign_in_at"])
async def test_a_time_by_hand_that_is_none_is_refused_on_sqlite(
    sqlite_url: str, column: str
) -> None:
    async with database.opened(DatabaseUrl.parse(sqlite_url)):
        user = await add_user()
        await KnownNetwork.note(user.id, HOME, now=NOW)
        with pytest.raises(Exception, match="CHECK"):
            await execute(sqlite_url, f"UPDATE known_networks SET {column} = 'soon'")
