"""The table `users`, and the named questions that it answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import ANONYMOUS_ID, DatetimeField, JSONField, new_id

MAX_EMAIL_LENGTH = 254


class User(Model):
    """A person or a program that can sign in; enabled where `disabled_at` is null."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    email = fields.CharField(max_length=MAX_EMAIL_LENGTH, unique=True)
    name = fields.CharField(max_length=200)
    avatar_url = fields.CharField(max_length=2048, null=True)
    roles: list[str] = JSONField(default=list)
    password_hash = fields.CharField(max_length=200, null=True)
    email_verified = fields.BooleanField(default=False)
    disabled_at = DatetimeField(null=True)
    last_active_at = DatetimeField(null=True)
    created_at = DatetimeField()
    updated_at = DatetimeField()

    class Meta:
        table = "users"
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [("name", "id"), ("created_at", "id"), ("last_active_at", "id")]

    @property
    def is_disabled(self) -> bool:
        """Whether an operator has disabled the user."""
        return self.disabled_at is not None

    @property
    def is_operator(self) -> bool:
        """Whether the user has the role `admin`."""
        return "admin" in self.roles

    @classmethod
    async def by_id(cls, user_id: UUID) -> Self | None:
        """The user of an id; None without one."""
        return await cls.get_or_none(id=user_id)

    @classmethod
    async def held(cls, user_id: UUID) -> Self | None:
        """The user, locked against changes until the running transaction ends.

        Rows that refer to the user can still be inserted, else an insert and this lock could wait
        for each other.
        """
        return await cls.filter(id=user_id).select_for_update(no_key=True).first()

    @classmethod
    async def by_email(cls, email: str) -> Self | None:
        """The user of a normalised address; None without one."""
        return await cls.get_or_none(email=email) if cls.may_be_email(email) else None

    @staticmethod
    def may_be_email(text: str) -> bool:
        """Whether a row can hold the text at all."""
        return "\0" not in text and len(text) <= MAX_EMAIL_LENGTH

    @classmethod
    async def everyone(cls) -> list[Self]:
        """Every user, oldest first, the anonymous one included."""
        return await cls.all()

    @classmethod
    async def add(
        cls, *, email: str, name: str, roles: list[str], now: datetime, **more: Any
    ) -> Self:
        """Insert a user; raises `Duplicate` when the address is taken."""
        return await cls.create(
            email=email, name=name, roles=roles, created_at=now, updated_at=now, **more
        )

    @classmethod
    async def created_since(cls, moment: datetime) -> int:
        """Number of users created at `moment` or later, without the anonymous one."""
        return await cls.filter(created_at__gte=moment).exclude(id=ANONYMOUS_ID).count()

    @classmethod
    async def enabled_operators(cls, *, besides: UUID | None = None) -> int:
        """Number of enabled operators, without the anonymous one and `besides`."""
        return await database.engine().statements.count_operators(besides or ANONYMOUS_ID)

    @classmethod
    async def note_sign_in(
        cls,
        user_id: UUID,
        *,
        verified_hash: str | None,
        new_hash: str | None,
        now: datetime,
    ) -> bool:
        """Note a sign-in, if the user is still enabled and the password still the verified one.

        One conditional UPDATE, so that a sign-in cannot outrun a disabling or a new password.
        """
        changed = await cls.filter(
            id=user_id, disabled_at=None, password_hash=verified_hash
        ).update(last_active_at=now, password_hash=new_hash or verified_hash)
        return changed == 1

    @classmethod
    async def note_activity(cls, user_id: UUID, *, now: datetime) -> None:
        """Writes `now` as the time of the user's last activity."""
        await cls.filter(id=user_id).update(last_active_at=now)

    @classmethod
    async def replace_password(
        cls, user_id: UUID, *, verified_hash: str | None, new_hash: str, now: datetime
    ) -> bool:
        """Sets a password if the stored hash is still `verified_hash`; returns whether it was."""
        changed = await cls.filter(id=user_id, password_hash=verified_hash).update(
            password_hash=new_hash, updated_at=now
        )
        return changed == 1

    @classmethod
    async def remove(cls, user_id: UUID) -> bool:
        """Deletes a user with sessions, keys and identities; returns whether there was one."""
        return await cls.filter(id=user_id).delete() == 1

    async def change(self, now: datetime, **columns: object) -> None:
        """Writes `columns` of this row, and `now` as the time of the change."""
        self.update_from_dict({**columns, "updated_at": now})
        await self.save(update_fields=[*columns, "updated_at"])

    @classmethod
    async def lock(cls) -> None:
        """Serialises decisions about operators: one transaction at a time."""
        await database.engine().statements.lock_operators()
