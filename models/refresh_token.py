"""The table `refresh_tokens`: one row is one session, and deleting it ends the session."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models import database
from models.rotation import Rotation
from models.types import DatetimeField, new_id
from models.user import User


class RefreshToken(Model):
    """A session.

    `token_hash` is the digest of its current refresh token, `previous_token_hash` of the one
    before. The bytes of the current token are derived from `seed`, `generation`, `rotated_at` and
    `expires_at`.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="sessions", on_delete=fields.CASCADE
    )
    token_hash = fields.CharField(max_length=64, unique=True)
    previous_token_hash = fields.CharField(max_length=64, null=True)
    seed = fields.CharField(max_length=64)
    generation = fields.IntField(default=0)
    rotated_at = DatetimeField()
    last_used_at = DatetimeField()
    expires_at = DatetimeField()
    created_at = DatetimeField()
    ip_address = fields.CharField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=512, null=True)

    user_id: UUID

    class Meta:
        table = "refresh_tokens"
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [
            ("user_id", "created_at"),
            ("created_at", "id"),
            ("last_used_at", "id"),
            ("expires_at", "id"),
        ]

    def is_expired(self, now: datetime) -> bool:
        """Whether `expires_at` is not after `now`."""
        return self.expires_at <= now

    @classmethod
    async def by_id(cls, session_id: UUID) -> Self | None:
        """The session together with its user; None when the user's row is gone."""
        session = await cls.filter(id=session_id).select_related("user").first()
        return session if session is not None and session.user is not None else None

    @classmethod
    async def is_held(cls, session_id: UUID) -> bool:
        """Whether the session exists; it is locked until the running transaction ends."""
        # The whole row, because the ORM locks nothing where it reads single columns.
        return await cls.filter(id=session_id).select_for_update().first() is not None

    @classmethod
    async def of_user(cls, user_id: UUID, *, now: datetime) -> list[Self]:
        """The unexpired sessions of a user, newest first."""
        return await cls.filter(user_id=user_id, expires_at__gt=now).order_by("-created_at", "-id")

    @classmethod
    async def add(cls, *, session_id: UUID, user_id: UUID, now: datetime, **columns: Any) -> Self:
        """Inserts a session that begins, is rotated and is used at `now`."""
        return await cls.create(
            id=session_id,
            user_id=user_id,
            created_at=now,
            rotated_at=now,
            last_used_at=now,
            **columns,
        )

    @classmethod
    async def rotate(cls, session_id: UUID, *, spent_hash: str, rotation: Rotation) -> str | None:
        """Replace the current token, if `spent_hash` still is the current one; the new one's digest.

        One conditional UPDATE decides which of many tries does it (RFC 9700 §4.14.2), and its own
        clock when: the grace begins there, however long the statement was on its way. None, too,
        where it came later than the two seconds of the rotation.
        """
        return await database.engine().statements.rotate(session_id, spent_hash, rotation)

    @classmethod
    async def end(cls, session_id: UUID, *, user_id: UUID | None = None) -> bool:
        """Deletes a session, of `user_id` alone if given; returns whether it existed."""
        query = cls.filter(id=session_id)
        if user_id is not None:
            query = query.filter(user_id=user_id)
        return bool(await query.delete())

    @classmethod
    async def end_of_user(cls, user_id: UUID, *, but: UUID | None = None) -> int:
        """Deletes every session of a user, except `but`; returns their number."""
        query = cls.filter(user_id=user_id)
        if but is not None:
            query = query.exclude(id=but)
        return await query.delete()

    @classmethod
    async def expiring(cls, *, after: datetime, until: datetime) -> int:
        """How many sessions expire in a span of time."""
        return await cls.filter(expires_at__gt=after, expires_at__lte=until).count()

    @classmethod
    async def purge(cls, *, expired_before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the sessions that expired before; returns their number."""
        expired = cls.filter(expires_at__lt=expired_before)
        ids = await expired.limit(limit).values_list("id", flat=True)
        # The condition again, because a row may have been renewed in between.
        return await expired.filter(id__in=ids).delete() if ids else 0
