"""The operators that the environment names, as a start prepares them."""

from __future__ import annotations

import pytest

from api.accounts import environment_operators
from api.request_context import RequestContext
from api.security.passwords import hash_password, verify_password
from models import ANONYMOUS_ID, ApiKey, AuditEvent, RefreshToken, User
from tests.models.rows import NOW, SECOND, add_key, add_session, add_user
from tests.support.applications import settings_for

pytestmark = pytest.mark.anyio

EMAIL = "root@example.com"
PASSWORD = "correct horse battery"
LATER = RequestContext(NOW + SECOND)


async def start(url: str, mode: str, **variables: str) -> None:
    """Prepare as a start in `mode` does, with an operator in the environment."""
    names = {"AUTH_ADMIN_EMAIL": f" {EMAIL.title()} ", "AUTH_ADMIN_PASSWORD": PASSWORD}
    settings = settings_for(url, AUTH_MODE=mode, **{**names, **variables})
    await environment_operators.prepare(settings, LATER)


async def root() -> User:
    user = await User.by_email(EMAIL)
    assert user is not None
    return user


async def credentials_of(user: User) -> tuple[int, int]:
    """How many sessions and keys a user has."""
    sessions = await RefreshToken.filter(user_id=user.id).count()
    return sessions, await ApiKey.filter(user_id=user.id).count()


async def add_with_credentials(
    *, email: str = EMAIL, password: str = "of a stranger", **columns: object
) -> User:
    user = await add_user(email, password_hash=hash_password(password, 4), **columns)
    await add_session(user, email)
    await add_key(user, f"evr_{email}")
    return user


async def actions() -> list[str]:
    return [event.action for event in await AuditEvent.newest()]


async def test_mode_none_makes_the_anonymous_operator_once(opened: str) -> None:
    await start(opened, "none")
    await start(opened, "none")
    (user,) = await User.everyone()
    assert (user.id, str(user.id)) == (
        ANONYMOUS_ID,
        "00000000-0000-0000-0000-000000000001",
    )
    assert (user.email, user.name) == ("anonymous@local", "Anonymous")
    assert (user.roles, user.password_hash) == (["admin"], None)


async def test_mode_full_without_an_operator_named_makes_nobody(opened: str) -> None:
    await environment_operators.prepare(settings_for(opened), LATER)
    assert await User.everyone() == []


@pytest.mark.parametrize("mode", ["admin", "full"])
async def test_an_absent_operator_is_created_once(opened: str, mode: str) -> None:
    await start(opened, mode)
    created = await root()
    await start(opened, mode)
    assert await User.everyone() == [created]
    assert (created.email, created.name, created.roles) == (EMAIL, "Admin", ["admin"])
    assert (await root()).password_hash == created.password_hash
    assert verify_password(PASSWORD, created.password_hash or "")
    assert await actions() == ["auth.user.created"]


@pytest.mark.parametrize("mode", ["admin", "full"])
async def test_whoever_registered_the_address_first_inherits_nothing(
    opened: str, mode: str
) -> None:
    user = await add_with_credentials()
    other = await add_with_credentials(email="bob@example.com")
    await start(opened, mode)
    taken = await root()
    assert (taken.id, taken.roles) == (user.id, ["admin"])
    assert verify_password(PASSWORD, taken.password_hash or "")
    assert not verify_password("of a stranger", taken.password_hash or "")
    assert await credentials_of(user) == (0, 0)
    assert await credentials_of(other) == (1, 1)
    assert await actions() == ["auth.user.updated"]


async def test_in_full_an_account_is_left_alone_beside_an_enabled_operator(
    opened: str,
) -> None:
    user = await add_with_credentials()
    await add_user("op@example.com", roles=["admin"])
    await start(opened, "full")
    left = await root()
    assert (left.roles, left.password_hash) == (["user"], user.password_hash)
    assert await credentials_of(user) == (1, 1)
    assert await actions() == []


@pytest.mark.parametrize(
    "no_operator",
    [
        {"id": ANONYMOUS_ID, "email": "anonymous@local", "roles": ["admin"]},
        {"email": "op@example.com", "roles": ["admin"], "disabled_at": NOW},
        {"email": "op@example.com", "roles": ["administrator"]},
    ],
    ids=["anonymous", "disabled", "another role"],
)
async def test_in_full_who_is_no_enabled_operator_does_not_count(
    opened: str, no_operator: dict[str, object]
) -> None:
    user = await add_with_credentials()
    await add_user(**no_operator)  # type: ignore[arg-type]
    await start(opened, "full")
    assert (await root()).roles == ["admin"]
    assert await credentials_of(user) == (0, 0)


async def test_in_full_the_last_operator_disabled_is_let_in_again(opened: str) -> None:
    await add_with_credentials(roles=["admin"], disabled_at=NOW)
    await start(opened, "full")
    user = await root()
    assert (user.roles, user.disabled_at) == (["admin"], None)
    assert verify_password(PASSWORD, user.password_hash or "")
    assert await credentials_of(user) == (0, 0)


async def test_in_full_an_operator_keeps_the_password_they_chose(opened: str) -> None:
    user = await add_with_credentials(roles=["admin"], password="of their own")
    await start(opened, "full")
    assert (await root()).password_hash == user.password_hash
    assert await credentials_of(user) == (1, 1)
    assert await actions() == []


async def test_in_admin_an_unchanged_password_ends_nothing(opened: str) -> None:
    user = await add_with_credentials(roles=["admin"], password=PASSWORD)
    await start(opened, "admin")
    assert (await root()).password_hash == user.password_hash
    assert await credentials_of(user) == (1, 1)


async def test_in_admin_a_changed_password_ends_the_sessions(opened: str) -> None:
    user = await add_with_credentials(roles=["admin"], password=PASSWORD)
    await start(opened, "admin", AUTH_ADMIN_PASSWORD="another horse battery")
    changed = await root()
    assert verify_password("another horse battery", changed.password_hash or "")
    assert await credentials_of(user) == (0, 1)
    assert await actions() == ["auth.password.changed"]


async def test_in_admin_a_disabled_operator_stays_disabled(opened: str) -> None:
    await add_with_credentials(roles=["admin"], disabled_at=NOW, password=PASSWORD)
    await start(opened, "admin")
    assert (await root()).disabled_at == NOW


async def test_in_admin_another_address_makes_another_operator(opened: str) -> None:
    await start(opened, "admin")
    await start(opened, "admin", AUTH_ADMIN_EMAIL="chief@example.com")
    assert {user.email for user in await User.everyone()} == {
        EMAIL,
        "chief@example.com",
    }


async def test_no_password_and_no_hash_is_in_the_trail(opened: str) -> None:
    await add_with_credentials()
    await start(opened, "full")
    trail = "".join(str(event.__dict__) for event in await AuditEvent.newest())
    assert PASSWORD not in trail
    assert "$2b$" not in trail


@pytest.mark.parametrize("mode", ["admin", "full"])
async def test_a_weak_password_of_the_environment_holds_and_is_named(
    opened: str, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await start(opened, mode, AUTH_ADMIN_PASSWORD="Everruns1")
    said = capsys.readouterr().out
    assert "AUTH_ADMIN_PASSWORD is weak: Password must not be the name" in said
    assert "Everruns1" not in said
    assert verify_password("Everruns1", (await root()).password_hash or "")
