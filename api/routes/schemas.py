"""The wire format: what is sent and what is answered, and nothing else.

Field order is the contract's. Requests are strict about types and ignore fields they do not know.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("Must not hold NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]


def _in_utc(moment: datetime) -> datetime:
    """The database's own JSON has the offset of whoever wrote it; what has none is in UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the years that there are") from None


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


class Answer(BaseModel):
    """What the server answers."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class RegisterRequest(Request):
    email: Text = Field(max_length=1024)
    password: str = Field(max_length=16_384)
    name: Text | None = Field(default=None, max_length=1024)


class LoginRequest(Request):
    email: str = Field(max_length=1024)
    password: str = Field(max_length=16_384)


class RefreshRequest(Request):
    refresh_token: str | None = Field(default=None, max_length=16_384)


class RenameRequest(Request):
    name: Text | None = Field(default=None, max_length=1024)


class PasswordRequest(Request):
    current_password: str = Field(max_length=16_384)
    new_password: str = Field(max_length=16_384)


class ApiKeyRequest(Request):
    name: Text = Field(max_length=1024)
    scopes: list[str] = Field(default_factory=list, max_length=1024)
    expires_in_days: int | None = None


class Health(Answer):
    status: str
    version: str
    auth_mode: str


class Ready(Answer):
    status: str
    database: str
    migrations: str
    changes: str


class AuthConfig(Answer):
    mode: str
    password_auth_enabled: bool
    oauth_providers: list[str]
    signup_enabled: bool


class TokenBody(Answer):
    access_token: str
    token_type: str = "Bearer"  # noqa: S105  (RFC 6750's word)
    expires_in: int
    refresh_token: str


class Nothing(Answer):
    """An empty object."""


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


class IdentityPage(Answer):
    data: list[Identity]
    next_cursor: str | None = None
    previous_cursor: str | None = None


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


class MigrationCounts(Answer):
    applied: int
    pending: int


class UserCounts(Answer):
    total: int
    disabled: int
    operators: int
    new_24h: int


class SessionCounts(Answer):
    live: int


class ApiKeyCounts(Answer):
    live: int
    expired: int
    never_used: int
    stale: int
    used_1m: int
    used_1h: int
    used_24h: int


class SignInCounts(Answer):
    minute: datetime
    success: int
    failure: int


class Overview(Answer):
    counted_at: datetime
    mode: str
    version: str
    engine: str
    migrations: MigrationCounts
    users: UserCounts
    sessions: SessionCounts
    api_keys: ApiKeyCounts
    sign_ins: list[SignInCounts]


class OwnedThing(Answer):
    """A session or a key that came or went."""

    id: UUID
    user_id: UUID


class KeyUsed(Answer):
    id: UUID
    last_used_at: UtcTime | None
    ip: str | None


class UserChanged(Answer):
    id: UUID
    change: str


class AuditEvent(Answer):
    id: UUID
    at: UtcTime
    action: str
    outcome: str
    actor_id: UUID | None
    actor_email: str | None
    user_id: UUID | None
    user_email: str | None
    ip_address: str | None
    user_agent: str | None
    request_id: str | None
    detail: dict[str, Any]


class FieldProblem(Answer):
    field: str
    message: str


class Problem(Answer):
    """RFC 9457, with `error` for older clients; `errors` only where fields are at fault."""

    error: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None
    request_id: str | None = None
