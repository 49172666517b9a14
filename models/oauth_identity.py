"""The table `oauth_identities`: the accounts at providers, and the users they belong to."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.types import DatetimeField, new_id
from models.user import User


class OAuthIdentity(Model):
    """An account at a provider, identified by (provider, subject) and never by its address.

    A subject is unique within its `issuer` (OpenID Connect Core §2): after a change of a provider's
    URL the same subject may be another person.
    """

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="identities", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=32)
    subject = fields.CharField(max_length=255)
    issuer = fields.CharField(max_length=255, null=True)
    email = fields.CharField(max_length=254, null=True)
    created_at = DatetimeField()
    last_used_at = DatetimeField(null=True)

    user_id: UUID

    class Meta:
        table = "oauth_identities"
        ordering: ClassVar = ["created_at", "id"]
        unique_together: ClassVar = [("provider", "subject")]
        indexes: ClassVar = [("user_id", "created_at"), ("provider", "user_id")]

    @classmethod
    async def by_subject(cls, provider: str, subject: str) -> Self | None:
        """The identity with this subject at the provider, whatever its issuer; None without one."""
        return await cls.get_or_none(provider=provider, subject=subject)

    @classmethod
    async def of_user(cls, user_id: UUID) -> list[Self]:
        """The identities of a user, oldest first."""
        return await cls.filter(user_id=user_id)

    @classmethod
    async def add(
        cls,
        *,
        user_id: UUID,
        provider: str,
        subject: str,
        issuer: str,
        email: str | None,
        now: datetime,
    ) -> Self:
        """Inserts an identity.

        Raises:
            Duplicate: the subject has one.
        """
        return await cls.create(
            user_id=user_id,
            provider=provider,
            subject=subject,
            issuer=issuer,
            email=email,
            created_at=now,
            last_used_at=now,
        )

    async def note_use(self, *, issuer: str, email: str | None, now: datetime) -> bool:
        """Notes a sign-in; returns whether the identity still existed and was the same user's."""
        changed = (
            await type(self)
            .filter(id=self.id, user_id=self.user_id)
            .update(issuer=issuer, email=email, last_used_at=now)
        )
        return changed == 1

    @classmethod
    async def remove_of_user(cls, user_id: UUID, *, provider: str | None = None) -> int:
        """Deletes a user's identities, of one provider if given; returns their number."""
        query = cls.filter(user_id=user_id)
        if provider is not None:
            query = query.filter(provider=provider)
        return await query.delete()
