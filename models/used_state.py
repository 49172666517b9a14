"""The table `oauth_used_states`: the states of authorization requests that were used."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import DatetimeField


class UsedState(Model):
    """The digest of a used state; the row stays until the request has expired."""

    state_hash = fields.CharField(max_length=64, primary_key=True)
    expires_at = DatetimeField(db_index=True)

    class Meta:
        table = "oauth_used_states"
        ordering: ClassVar = ["expires_at"]

    @classmethod
    async def use(cls, state_hash: str, *, expires_at: datetime) -> bool:
        """Notes the use of a state; returns whether it was the first.

        One INSERT, so that one of many workers and nodes is the first.
        """
        try:
            await cls.create(state_hash=state_hash, expires_at=expires_at)
        except database.Duplicate:
            return False
        return True

    @classmethod
    async def purge(cls, *, expired_before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the expired rows; returns their number."""
        expired = cls.filter(expires_at__lt=expired_before)
        hashes = await expired.limit(limit).values_list("state_hash", flat=True)
        return await cls.filter(state_hash__in=hashes).delete() if hashes else 0
