"""The operators' wire format; field order is the contract's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field

from api.http.schemas import Answer, Change, Request, Text
from api.routes.account.schemas import Identity

R = TypeVar("R", bound=Answer)


def _in_utc(moment: datetime) -> datetime:
    """The time in UTC; the database's JSON has the offset of its writer, or none for UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("beyond the years that there are") from None


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]


class CreateUserRequest(Request):
    email: Text = Field(max_length=1024)
    name: Text | None = Field(default=None, max_length=1024)
    password: str | None = Field(default=None, max_length=16_384)
    roles: list[Text] = Field(default_factory=lambda: ["user"], max_length=1024)


class ChangeUserRequest(Change):
    name: Text | None = Field(default=None, max_length=1024)
    roles: list[Text] | None = Field(default=None, max_length=1024)
    disabled: bool | None = None


class RevokeKeysRequest(Request):
    ids: list[str] = Field(min_length=1, max_length=500)


class UserRow(Answer):
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


class MemberRow(Answer):
    id: UUID
    email: str
    name: str
    avatar_url: str | None
    roles: list[str]
    auth_provider: str
    created_at: datetime | None


class SessionRow(Answer):
    id: UUID
    user_id: UUID
    user_email: str
    created_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None
    ip_address: str | None
    user_agent: str | None


class KeyRow(Answer):
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


class AuditEventRow(Answer):
    id: UUID
    at: UtcTime | None
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


class Page(Answer, Generic[R]):
    """A part of a list, and the cursors beside it."""

    model_config = ConfigDict(
        json_schema_extra={
            "description": "A part of the list. It may be short, or empty, although `next_cursor` "
            "is set: ask on."
        }
    )

    data: list[R]
    next_cursor: str | None
    previous_cursor: str | None


# Each has a name of its own, because the OpenAPI document calls it by that.
class UserPage(Page[UserRow]):
    pass


class SessionPage(Page[SessionRow]):
    pass


class KeyPage(Page[KeyRow]):
    pass


class AuditEventPage(Page[AuditEventRow]):
    pass


class IdentityPage(Page[Identity]):
    pass


class Members(Answer):
    data: list[MemberRow]


class Revoked(Answer):
    revoked: int


class KeysRevoked(Answer):
    revoked: int
    missing: list[UUID]


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
