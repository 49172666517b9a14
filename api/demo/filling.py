"""Fills an empty database with invented users, keys, sessions and events. It knows no server."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from api.audit import Action
from api.demo.people import Invented, Inventor
from api.security.digests import digest, key_prefix, new_api_key, new_seed
from api.security.passwords import hash_password
from api.settings.database_url import DatabaseUrl
from models import ApiKey, AuditEvent, OAuthIdentity, RefreshToken, User, database, new_id, schema

PEOPLE = 320
KEYS = 520
# People and keys that the traffic uses, so their secrets are kept.
ACTIVE_PEOPLE = 12
ACTIVE_KEYS = 24
_COST = 4
_DAY, _HOUR, _MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """The secrets that the dashboard and the traffic sign in with."""

    operator_key: str = field(repr=False)
    password: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    emails: tuple[str, ...]


class Filling:
    """Creates the rows of one database."""

    def __init__(self, inventor: Inventor, now: datetime, password: str) -> None:
        self._inventor, self._rng, self._now = inventor, inventor.rng, now
        self._password = password
        self._hash = hash_password(password, _COST)

    async def fill(self, operator_email: str) -> Filled:
        """Inserts all rows; the first user is the operator."""
        people = [Invented("Olivia Park", operator_email), *self._inventor.people(PEOPLE)]
        users = [self._user(number, person) for number, person in enumerate(people)]
        await User.bulk_create(users, batch_size=_BATCH)
        providers = [self._identity(user) for user in users if user.password_hash is None]
        await OAuthIdentity.bulk_create(providers, batch_size=_BATCH)
        await RefreshToken.bulk_create(list(self._sessions(users)), batch_size=_BATCH)
        secrets = [new_api_key() for _ in range(ACTIVE_KEYS + 1)]
        await ApiKey.bulk_create(list(self._keys(users, secrets)), batch_size=_BATCH)
        await AuditEvent.bulk_create(list(self._past(users)), batch_size=_BATCH)
        emails = tuple(user.email for user in users[1 : ACTIVE_PEOPLE + 1])
        return Filled(secrets[0], self._password, tuple(secrets[1:]), emails)

    def _ago(self, longest: timedelta) -> datetime:
        """A random moment within `longest` before now; recent ones are likelier."""
        return self._now - longest * self._rng.random() ** 2

    def _user(self, number: int, person: Invented) -> User:
        is_active = number <= ACTIVE_PEOPLE
        created = self._now - _DAY * self._rng.randrange(1, 700) if number % 60 else self._ago(_DAY)
        roles = ["user", "admin"] if number % 80 == 0 else ["user"]
        is_local = is_active or self._rng.random() < 0.7
        return User(
            id=new_id(),
            email=person.email,
            name=person.name,
            roles=roles + (["developer"] if number % 5 == 0 else []),
            password_hash=self._hash if is_local else None,
            email_verified=self._rng.random() < 0.9,
            disabled_at=self._ago(60 * _DAY) if not is_active and number % 29 == 0 else None,
            last_active_at=max(created, self._ago(90 * _DAY)) if number % 11 else None,
            created_at=created,
            updated_at=created,
        )

    def _identity(self, user: User) -> OAuthIdentity:
        return OAuthIdentity(
            user_id=user.id,
            provider=self._rng.choice(("google", "github")),
            subject=str(self._rng.randrange(10**9, 10**10)),
            email=user.email,
            created_at=user.created_at,
            last_used_at=user.last_active_at,
        )

    def _sessions(self, users: Iterable[User]) -> Iterable[RefreshToken]:
        for user in users:
            if user.last_active_at is None or user.disabled_at is not None:
                continue
            for _ in range(self._rng.choice((0, 1, 1, 2, 3))):
                begun = max(user.created_at, self._ago(29 * _DAY))
                used = begun + (self._now - begun) * self._rng.random()
                yield RefreshToken(
                    id=new_id(),
                    user_id=user.id,
                    token_hash=digest(new_seed()),
                    seed=new_seed(),
                    rotated_at=used,
                    last_used_at=used,
                    expires_at=used + 30 * _DAY,
                    created_at=begun,
                    ip_address=self._inventor.address(),
                    user_agent=self._inventor.browser(),
                )

    def _keys(self, users: list[User], secrets: list[str]) -> Iterable[ApiKey]:
        """The operator's key first, then those of the traffic, then the rest."""
        yield self._key(users[0], secrets[0], name="dashboard", scopes=["*"], is_active=True)
        owners = [user for user in users[:60] if user.disabled_at is None]
        for secret in secrets[1:]:
            yield self._key(self._rng.choice(owners), secret, is_active=True)
        for _ in range(KEYS):
            yield self._key(self._rng.choice(users), new_api_key())

    def _key(self, user: User, secret: str, *, is_active: bool = False, **columns: Any) -> ApiKey:
        created = max(user.created_at, self._ago(400 * _DAY))
        used = max(created, self._ago(300 * _DAY)) if self._rng.random() < 0.8 else None
        lifetime = self._rng.choice((None, None, None, 30, 90, 365)) if not is_active else None
        return ApiKey(
            id=new_id(),
            user_id=user.id,
            key_hash=digest(secret),
            key_prefix=key_prefix(secret),
            expires_at=created + lifetime * _DAY if lifetime else None,
            last_used_at=self._ago(_HOUR) if is_active else used,
            last_used_ip=self._inventor.address() if is_active or used else None,
            created_at=created,
            **{"name": self._inventor.purpose(), "scopes": self._inventor.scopes(), **columns},
        )

    def _past(self, users: list[User]) -> Iterable[AuditEvent]:
        """Two days of sign-ins; the last hour is dense, so that its chart shows them."""
        for span, count in ((2 * _DAY, 300), (_HOUR, 240)):
            for _ in range(count):
                yield self._sign_in(self._rng.choice(users), self._now - span * self._rng.random())

    def _sign_in(self, user: User, at: datetime) -> AuditEvent:
        is_good = self._rng.random() < 0.88
        return AuditEvent(
            id=new_id(),
            at=at,
            action=(Action.LOGIN if user.password_hash else Action.OAUTH_LOGIN).value,
            outcome="success" if is_good else "failure",
            actor_id=user.id if is_good else None,
            user_id=user.id,
            ip_address=self._inventor.address(),
            user_agent=self._inventor.browser(),
            request_id=new_id().hex,
            detail={},
        )


async def fill(url: DatabaseUrl, now: datetime, *, operator_email: str, password: str) -> Filled:
    """Migrates the database at `url` and fills it: from a fixed seed, except for the secrets."""
    await schema.migrate(url)
    async with database.opened(url), database.transaction():
        return await Filling(Inventor(seed=9300), now, password).fill(operator_email)
