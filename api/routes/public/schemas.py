"""The bodies and answers of the public routes. Field order is the contract's."""

from __future__ import annotations

from pydantic import Field

from api.http.schemas import Answer, LenientRequest, Text


class RegisterRequest(LenientRequest):
    email: Text = Field(max_length=1024)
    password: str = Field(max_length=16_384)
    name: Text | None = Field(default=None, max_length=1024)


class LoginRequest(LenientRequest):
    email: str = Field(max_length=1024)
    password: str = Field(max_length=16_384)


class RefreshRequest(LenientRequest):
    refresh_token: str | None = Field(default=None, max_length=16_384)


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
