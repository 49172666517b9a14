"""Owns the table `audit_events`: what happened, to whom, by whom. No row ever holds a secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, Self

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import DatetimeField, new_id


class AuditEvent(Model):
    """One event. It has no foreign keys: it outlives those whom it speaks of."""

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
        return await cls.create(**columns)

    @classmethod
    async def add_all(cls, rows: Sequence[dict[str, Any]]) -> None:
        await cls.bulk_create(cls(**row) for row in rows)

    @classmethod
    async def newest(cls, limit: int = 50) -> list[Self]:
        return await cls.all().limit(limit)

    @classmethod
    async def by_minute(
        cls, actions: Sequence[str], *, since: datetime
    ) -> list[tuple[datetime, str, int]]:
        """Minute, outcome and number of the events of `actions` since then."""
        if database.is_sqlite():
            statement, moment = _SQLITE_MINUTES, since.isoformat(" ")
            rows = await _rows(statement, [json.dumps(list(actions)), moment])
            return [(datetime.fromisoformat(f"{row[0]}:00+00:00"), *row[1:]) for row in rows]
        return await _rows(_POSTGRESQL_MINUTES, [list(actions), since])

    @classmethod
    async def purge(cls, *, before: datetime, limit: int) -> int:
        """Delete at most `limit` of the rows from before; how many there were."""
        ids = await cls.filter(at__lt=before).limit(limit).values_list("id", flat=True)
        return await cls.filter(id__in=ids).delete() if ids else 0


_SQLITE_MINUTES = """
SELECT strftime('%Y-%m-%d %H:%M', substr(at, 1, 16)) AS minute, outcome, COUNT(*)
FROM audit_events WHERE action IN (SELECT value FROM json_each(?)) AND at >= ?
GROUP BY 1, 2 HAVING minute IS NOT NULL
"""
_POSTGRESQL_MINUTES = """
SELECT date_trunc('minute', at) AS minute, outcome, COUNT(*) FROM audit_events
WHERE action = ANY ($1) AND at >= $2 GROUP BY 1, 2
"""


async def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    rows = await database.connection().execute_query_dict(statement, values)
    return [tuple(row.values()) for row in rows]
