"""The table `unblocks`: accounts and networks whose failures an operator has forgiven."""

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
    """A forgiveness of a subject's failures up to `created_at`.

    The subject is a normalised address, or a network as failures are counted under it.
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
        """Inserts an unblocking of `subject`; `now` is the time of the database."""
        return await cls.create(subject=subject, created_at=now)

    @classmethod
    async def of(cls, subjects: Sequence[str], *, since: datetime) -> list[tuple[UUID, str]]:
        """The unblockings of `subjects` since then as (id, subject), oldest first."""
        fit = [subject for subject in subjects if User.may_be_email(subject)]
        rows = cls.filter(subject__in=fit, created_at__gte=since)
        return list(await rows.values_list("id", "subject"))

    @classmethod
    async def purge(cls, *, before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the rows before a time; returns their number."""
        ids = await cls.filter(created_at__lt=before).limit(limit).values_list("id", flat=True)
        return await cls.filter(id__in=ids).delete() if ids else 0
