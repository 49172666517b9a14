"""Owns the table `oauth_identities`: which account of which provider is which user."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from tortoise import fields
from tortoise.models import Model

from models.types import new_id
from models.user import User


class OAuthIdentity(Model):
    """An account at a provider; (provider, subject) is what identifies it, never the address."""

    id = fields.UUIDField(primary_key=True, default=new_id)
    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField(
        "models.User", related_name="identities", on_delete=fields.CASCADE
    )
    provider = fields.CharField(max_length=32)
    subject = fields.CharField(max_length=255)
    email = fields.CharField(max_length=254, null=True)
    created_at = fields.DatetimeField()
    last_used_at = fields.DatetimeField(null=True)

    user_id: UUID

    class Meta:
        table = "oauth_identities"
        unique_together: ClassVar = [("provider", "subject")]
        indexes: ClassVar = [("user_id", "created_at"), ("provider", "user_id")]
