"""Owns the table `oauth_used_states`: which OAuth attempts have come back already."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import DatetimeField


class UsedState(Model):
    """One attempt that came back; the row is kept for as long as the attempt could come again."""

    state_hash = fields.CharField(max_length=64, primary_key=True)
    expires_at = DatetimeField(db_index=True)

    class Meta:
        table = "oauth_used_states"
        ordering: ClassVar = ["expires_at"]

    @classmethod
    async def use(cls, state_hash: str, *, expires_at: datetime) -> bool:
        """Use a state up; whether this was the first time.

        One INSERT, so that of many workers and nodes one is the first.
        """
        try:
            await cls.create(state_hash=state_hash, expires_at=expires_at)
        except database.Duplicate:
            return False
        return True

    @classmethod
    async def purge(cls, *, expired_before: datetime, limit: int) -> int:
        """Delete at most `limit` of the expired; how many there were."""
        expired = cls.filter(expires_at__lt=expired_before)
        hashes = await expired.limit(limit).values_list("state_hash", flat=True)
        return await cls.filter(state_hash__in=hashes).delete() if hashes else 0
