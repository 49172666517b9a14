"""The table `audit_events`. No row holds a secret."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import DatetimeField, new_id


class AuditEvent(Model):
    """One event. It has no foreign keys, because it outlives the users that it names."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    at = DatetimeField()
    action = fields.CharField(max_length=64)
    outcome = fields.CharField(max_length=16)
    actor_id = fields.UUIDField(null=True)
    user_id = fields.UUIDField(null=True)
    ip_address = fields.CharField(max_length=45, null=True)
    user_agent = fields.CharField(max_length=512, null=True)
    request_id = fields.CharField(max_length=128, null=True)
    detail: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        table = "audit_events"
        ordering: ClassVar = ["-at", "-id"]
        indexes: ClassVar = [
            ("at", "id"),
            ("user_id", "at", "id"),
            ("actor_id", "at", "id"),
            ("action", "at", "id"),
            ("outcome", "at", "id"),
        ]

    @classmethod
    async def add(cls, **columns: Any) -> Self:
        """Inserts one event."""
        return await cls.create(**columns)

    @classmethod
    async def add_all(cls, rows: Sequence[dict[str, Any]]) -> None:
        """Inserts many events in one statement."""
        await cls.bulk_create(cls(**row) for row in rows)

    @classmethod
    async def newest(cls, limit: int = 50) -> list[Self]:
        """The newest `limit` events, newest first."""
        return await cls.all().limit(limit)

    @classmethod
    async def by_minute(
        cls, actions: Sequence[str], *, since: datetime
    ) -> list[tuple[datetime, str, int]]:
        """The events of `actions` since then, as (minute, outcome, number)."""
        return await database.engine().statements.count_events_by_minute(actions, since)

    @classmethod
    async def purge(cls, *, before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the events before a time; returns their number."""
        ids = await cls.filter(at__lt=before).limit(limit).values_list("id", flat=True)
        return await cls.filter(id__in=ids).delete() if ids else 0
