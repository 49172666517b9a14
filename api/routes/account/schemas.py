"""The bodies and answers of the account routes. Field order is the contract's."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from api.http.schemas import Answer, Change, Request, Text


class RenameRequest(Change):
    name: Text | None = Field(default=None, max_length=1024)


class PasswordRequest(Request):
    current_password: str = Field(max_length=16_384)
    new_password: str = Field(max_length=16_384)


class ApiKeyRequest(Request):
    name: Text = Field(max_length=1024)
    scopes: list[str] = Field(default_factory=list, max_length=1024)
    expires_in_days: int | None = None


class Me(Answer):
    id: UUID
    email: str
    name: str
    roles: list[str]
    avatar_url: str | None
    email_verified: bool


class Session(Answer):
    id: UUID
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip_address: str | None
    user_agent: str | None
    current: bool


class Identity(Answer):
    id: UUID
    provider: str
    subject: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None


class ApiKeyRow(Answer):
    id: UUID
    name: str
    key_prefix: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime


class NewApiKey(Answer):
    id: UUID
    name: str
    key: str
    key_prefix: str
    scopes: list[str]
    expires_at: datetime | None
    created_at: datetime
