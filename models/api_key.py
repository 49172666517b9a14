"""The table `api_keys`. It holds digests of keys, never keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.models import Model

from models import database
from models.types import DatetimeField, JSONField, new_id
from models.user import User


class ApiKey(Model):
    """A key of a user; it never expires where `expires_at` is null."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="api_keys", on_delete=fields.CASCADE
    )
    name = fields.CharField(max_length=200)
    key_hash = fields.CharField(max_length=64, unique=True)
    key_prefix = fields.CharField(max_length=20)
    scopes: list[str] = JSONField(default=list)
    expires_at = DatetimeField(null=True)
    last_used_at = DatetimeField(null=True)
    last_used_ip = fields.CharField(max_length=45, null=True)
    created_at = DatetimeField()

    user_id: UUID

    class Meta:
        table = "api_keys"
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            ("user_id", "created_at"),
            # The last column is looked at in the index while expired keys are looked for.
            ("name", "id", "expires_at"),
            ("created_at", "id", "expires_at"),
            ("last_used_at", "id", "expires_at"),
            ("expires_at", "id"),
        ]

    def is_expired(self, now: datetime) -> bool:
        """Whether `expires_at` is not after `now`."""
        return self.expires_at is not None and self.expires_at <= now

    @classmethod
    async def by_digest(cls, key_hash: str) -> Self | None:
        """The key of a digest together with its user; None when the user's row is gone."""
        key = await cls.filter(key_hash=key_hash).select_related("user").first()
        return key if key is not None and key.user is not None else None

    @classmethod
    async def of_user(cls, user_id: UUID) -> list[Self]:
        """The keys of a user, newest first."""
        return await cls.filter(user_id=user_id).order_by("-created_at", "-id")

    @classmethod
    async def by_id(cls, key_id: UUID) -> Self | None:
        """The key of an id together with its user; None when the user's row is gone."""
        key = await cls.filter(id=key_id).select_related("user").first()
        return key if key is not None and key.user is not None else None

    @classmethod
    async def is_held(cls, key_id: UUID) -> bool:
        """Whether the key exists; it is locked until the running transaction ends."""
        return await cls.filter(id=key_id).select_for_update(no_key=True).first() is not None

    @classmethod
    async def by_prefix(cls, prefix: str) -> list[Self]:
        """The keys with this prefix, together with their users; keys without one are left out."""
        keys = await cls.filter(key_prefix__startswith=prefix).select_related("user")
        return [key for key in keys if key.user is not None]

    @classmethod
    async def add(cls, *, user_id: UUID, now: datetime, **columns: Any) -> Self:
        """Inserts a key; `columns` are its digest, prefix, name, scopes and expiry."""
        return await cls.create(user_id=user_id, created_at=now, **columns)

    @classmethod
    async def remove(cls, key_id: UUID, *, user_id: UUID | None = None) -> bool:
        """Deletes a key, of `user_id` alone if given; returns whether it existed."""
        query = cls.filter(id=key_id)
        if user_id is not None:
            query = query.filter(user_id=user_id)
        return bool(await query.delete())

    @classmethod
    async def remove_all(cls, key_ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """Deletes keys in one statement; maps the ids of those that existed to their users' ids."""
        return await database.engine().statements.remove_keys(key_ids)

    @classmethod
    async def remove_of_user(cls, user_id: UUID) -> int:
        """Deletes every key of a user; returns their number."""
        return await cls.filter(user_id=user_id).delete()

    @classmethod
    async def purge(cls, *, expired_before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the keys that expired before; returns their number."""
        expired = cls.filter(expires_at__lt=expired_before)
        ids = await expired.limit(limit).values_list("id", flat=True)
        # The condition again, because a row may have been renewed in between.
        return await expired.filter(id__in=ids).delete() if ids else 0

    @classmethod
    async def used_since(cls, moment: datetime) -> int:
        """Number of keys whose last use is at `moment` or later."""
        return await cls.filter(last_used_at__gte=moment).count()

    @classmethod
    async def expiring(
        cls, *, after: datetime, until: datetime, used_before: datetime | None = None
    ) -> int:
        """How many keys expire in a span of time; of those last used before `used_before`."""
        query = cls.filter(expires_at__gt=after, expires_at__lte=until)
        return await (query.filter(last_used_at__lt=used_before) if used_before else query).count()

    @classmethod
    async def unused_expiring(cls, *, after: datetime, until: datetime) -> int:
        """How many keys that were never used expire in a span of time."""
        return await cls.filter(
            expires_at__gt=after, expires_at__lte=until, last_used_at=None
        ).count()

    @classmethod
    async def used_between(cls, start: datetime, end: datetime, *, now: datetime) -> int:
        """How many unexpired keys were last used in a span of time."""
        unexpired = Q(expires_at=None) | Q(expires_at__gt=now)
        return await cls.filter(unexpired, last_used_at__gte=start, last_used_at__lt=end).count()

    @classmethod
    async def note_uses(cls, uses: Sequence[tuple[UUID, datetime, str | None]]) -> None:
        """Writes the last use of keys in one statement, never backwards: id, time, address.

        `uses` must be in the order of the ids, so that two nodes lock the rows in the same order.
        """
        if uses:
            await database.engine().statements.note_key_uses(uses)
