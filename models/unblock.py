"""Owns the table `unblocks`: which accounts and networks an operator has let try again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.types import DatetimeField, new_id
from models.user import MAX_EMAIL_LENGTH, User


class Unblock(Model):
    """An operator's word that the failures of a subject are forgiven, up to then.

    The subject is a normalised address, or a network as failures are counted by it.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    subject = fields.CharField(max_length=MAX_EMAIL_LENGTH)
    created_at = DatetimeField(db_index=True)

    class Meta:
        table = "unblocks"
        ordering: ClassVar = ["created_at", "id"]
        indexes: ClassVar = [("subject", "created_at")]

    @classmethod
    async def add(cls, subject: str, *, now: datetime) -> Self:
        return await cls.create(subject=subject, created_at=now)

    @classmethod
    async def of(cls, subjects: Sequence[str], *, since: datetime) -> list[tuple[UUID, str]]:
        """Id and subject of the rows since then, oldest first."""
        fit = [subject for subject in subjects if User.may_be_email(subject)]
        rows = cls.filter(subject__in=fit, created_at__gte=since)
        return list(await rows.values_list("id", "subject"))

    @classmethod
    async def purge(cls, *, before: datetime, limit: int) -> int:
        """Delete at most `limit` of the rows from before; how many there were."""
        ids = await cls.filter(created_at__lt=before).limit(limit).values_list("id", flat=True)
        return await cls.filter(id__in=ids).delete() if ids else 0
