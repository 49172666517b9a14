"""The operators' wire format; field order is the contract's."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from api.routes.schemas import Answer, Request, Text


class CreateUserRequest(Request):
    email: Text = Field(max_length=1024)
    name: Text | None = Field(default=None, max_length=1024)
    password: str | None = Field(default=None, max_length=16_384)
    roles: list[Text] = Field(default_factory=lambda: ["user"], max_length=1024)


class ChangeUserRequest(Request):
    """What is left out stays as it is."""

    name: Text | None = Field(default=None, max_length=1024)
    roles: list[Text] | None = Field(default=None, max_length=1024)
    disabled: bool | None = None


class RevokeKeysRequest(Request):
    ids: list[str] = Field(min_length=1, max_length=500)


class Row(Answer):
    """A row that is read off a value of the same fields; null is what cannot be read."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class UserRow(Row):
    id: UUID
    email: str
    name: str
    avatar_url: str | None
    roles: list[str]
    email_verified: bool
    auth_provider: str
    disabled_at: datetime | None
    created_at: datetime | None
    last_active_at: datetime | None
    session_count: int
    api_key_count: int


class MemberRow(Row):
    id: UUID
    email: str
    name: str
    avatar_url: str | None
    roles: list[str]
    auth_provider: str
    created_at: datetime | None


class SessionRow(Row):
    id: UUID
    user_id: UUID
    user_email: str
    created_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None
    ip_address: str | None
    user_agent: str | None


class KeyRow(Row):
    id: UUID
    user_id: UUID
    user_email: str
    name: str
    key_prefix: str
    scopes: list[str]
    status: str
    expires_at: datetime | None
    last_used_at: datetime | None
    last_used_ip: str | None
    created_at: datetime | None


class AuditEventRow(Row):
    id: UUID
    at: datetime | None
    action: str
    outcome: str
    actor_id: UUID | None
    actor_email: str | None
    user_id: UUID | None
    user_email: str | None
    ip_address: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, Any] | None


class UserPage(Row):
    """A part of the list. It may be short, or empty, although `next_cursor` is set: ask on."""

    data: list[UserRow]
    next_cursor: str | None
    previous_cursor: str | None


class SessionPage(Row):
    data: list[SessionRow]
    next_cursor: str | None
    previous_cursor: str | None


class KeyPage(Row):
    data: list[KeyRow]
    next_cursor: str | None
    previous_cursor: str | None


class AuditEventPage(Row):
    data: list[AuditEventRow]
    next_cursor: str | None
    previous_cursor: str | None


class Members(Row):
    data: list[MemberRow]


class Revoked(Answer):
    revoked: int


class KeysRevoked(Answer):
    revoked: int
    missing: list[UUID]
