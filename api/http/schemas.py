"""The wire format: what is sent and what is answered, and nothing else.

Field order is the contract's. Requests are strict about types and refuse members they do not know:
a misspelt one would otherwise be answered as if it had been obeyed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("Must not hold NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]


class Request(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class LenientRequest(Request):
    """What a client sends that may be older or newer than we are: unknown members are ignored."""

    model_config = ConfigDict(extra="ignore")


class Change(Request):
    """What is to become otherwise. A member that is left out, or null, stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if all(value is None for _, value in self):
            raise ValueError(f"Nothing to change: send {' or '.join(type(self).model_fields)}")
        return self


class Answer(BaseModel):
    """What the server answers."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class RegisterRequest(LenientRequest):
    email: Text = Field(max_length=1024)
    password: str = Field(max_length=16_384)
    name: Text | None = Field(default=None, max_length=1024)


class LoginRequest(LenientRequest):
    email: str = Field(max_length=1024)
    password: str = Field(max_length=16_384)


class RefreshRequest(LenientRequest):
    refresh_token: str | None = Field(default=None, max_length=16_384)


class RenameRequest(Change):
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
