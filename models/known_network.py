"""The table `known_networks`: the networks that users signed in from, and the last time."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models import database
from models.types import DatetimeField, new_id
from models.user import User

# The longest IPv6 network as text, `xxxx:…:xxxx::/64`, and room to spare.
MAX_NETWORK_LENGTH = 43


class KnownNetwork(Model):
    """A network that a user signed in from; housekeeping deletes unused ones."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="known_networks", on_delete=fields.CASCADE
    )
    network = fields.CharField(max_length=MAX_NETWORK_LENGTH)
    last_sign_in_at = DatetimeField(db_index=True)

    user_id: UUID

    class Meta:
        table = "known_networks"
        ordering: ClassVar = ["last_sign_in_at", "id"]
        unique_together: ClassVar = [("user_id", "network")]

    @classmethod
    async def note(cls, user_id: UUID, network: str, *, now: datetime) -> None:
        """Notes a sign-in in one statement; the time never goes backwards."""
        await database.engine().statements.note_network(user_id, network, now)

    @classmethod
    async def is_known(cls, email: str, network: str, *, since: datetime) -> bool:
        """Whether the user of a normalised address signed in from `network` since then."""
        if not User.may_be_email(email):
            return False
        return await cls.filter(
            user__email=email, network=network, last_sign_in_at__gte=since
        ).exists()

    @classmethod
    async def purge(cls, *, before: datetime, limit: int) -> int:
        """Deletes at most `limit` of the networks not used since `before`; returns their number."""
        old = cls.filter(last_sign_in_at__lt=before)
        ids = await old.limit(limit).values_list("id", flat=True)
        # The condition again, because a network may have been used in between.
        return await old.filter(id__in=ids).delete() if ids else 0
