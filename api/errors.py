"""The refusals: everything the server says no with, as a tree.

A refusal is expected and part of the contract. It has a stable `code` for programs and words for
people. It knows no status number: `http/problems.py` alone chooses those.

    Refusal
    ├── Unauthenticated          nobody proved who they are
    │   ├── AuthenticationRequired
    │   ├── InvalidToken
    │   │   └── AccessCookiesDiffer
    │   ├── InvalidApiKeyFormat
    │   ├── InvalidApiKey
    │   ├── ApiKeyExpired
    │   ├── InvalidCredentials
    │   ├── WrongCurrentPassword
    │   ├── PasswordSignInDisabled
    │   ├── MissingRefreshToken
    │   ├── InvalidRefreshToken
    │   │   └── RefreshCookiesDiffer
    │   └── RefreshTokenExpired
    ├── Forbidden                who they are does not suffice
    │   ├── AdminRequired
    │   ├── RoleRequired
    │   ├── ScopeRequired
    │   ├── MisspeltQuestion
    │   ├── SessionRequired
    │   ├── RegistrationDisabled
    │   ├── PasswordRegistrationDisabled
    │   ├── CrossSiteWrite
    │   ├── EmbeddedSignIn
    │   └── ForeignHost
    ├── NotFound
    │   ├── ApiKeyNotFound
    │   ├── AuditEventNotFound
    │   ├── SessionNotFound
    │   ├── IdentityNotFound
    │   ├── UnknownOAuthProvider
    │   ├── OAuthNotConfigured
    │   └── UserNotFound
    ├── Conflict
    │   ├── EmailTaken
    │   ├── LastOperator
    │   ├── LastWayIn
    │   └── PasswordIsInEnvironment
    ├── BadRequest
    │   └── MalformedJson
    ├── UnsupportedMediaType
    │   └── UnsupportedCoding
    ├── Invalid                  the values break a rule; carries which
    ├── Throttled                too many tries; carries when to come back
    └── Unavailable              the server cannot answer now; carries when to come back
        ├── DatabaseUnavailable
        └── Overloaded
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

_MINUTE = 60


class Refusal(Exception):
    """A no that is part of the contract.

    `code` is stable and for programs, `words` are for people.
    """

    code: ClassVar[str] = "refused"
    words: ClassVar[str] = "Refused"

    def __init__(self, words: str | None = None) -> None:
        self.detail = words or self.words
        super().__init__(self.detail)


class Unauthenticated(Refusal):
    code = "unauthorized"
    words = "Authentication required"


class AuthenticationRequired(Unauthenticated):
    pass


class InvalidToken(Unauthenticated):
    code = "invalid_token"
    words = "Invalid or expired token"


class AccessCookiesDiffer(InvalidToken):
    """Somebody planted one beside ours: which is ours, nobody can tell, so both are taken back."""


class InvalidApiKeyFormat(Unauthenticated):
    code = "invalid_api_key_format"
    words = "Invalid API key format"


class InvalidApiKey(Unauthenticated):
    code = "invalid_api_key"
    words = "Invalid API key"


class ApiKeyExpired(Unauthenticated):
    code = "api_key_expired"
    words = "API key expired"


class InvalidCredentials(Unauthenticated):
    """One answer for unknown, wrong, password-less and disabled (OWASP ASVS 2.2.1, 3.2.4)."""

    code = "invalid_credentials"
    words = "Invalid email or password"


class WrongCurrentPassword(Unauthenticated):
    code = "wrong_current_password"
    words = "The current password is not right"


class PasswordSignInDisabled(Unauthenticated):
    code = "password_auth_disabled"
    words = "Password authentication is disabled"


class MissingRefreshToken(Unauthenticated):
    code = "missing_refresh_token"
    words = "Missing refresh token"


class InvalidRefreshToken(Unauthenticated):
    code = "invalid_refresh_token"
    words = "Invalid refresh token"


class RefreshCookiesDiffer(InvalidRefreshToken):
    """As `AccessCookiesDiffer`."""


class RefreshTokenExpired(Unauthenticated):
    code = "refresh_token_expired"
    words = "Refresh token expired"


class Forbidden(Refusal):
    code = "forbidden"
    words = "Not permitted"


class AdminRequired(Forbidden):
    code = "admin_required"
    words = "Admin access required"


class RoleRequired(Forbidden):
    code = "role_required"
    words = "A role that is asked for is missing"


class ScopeRequired(Forbidden):
    code = "insufficient_scope"
    words = "The API key lacks a scope that is asked for"


class MisspeltQuestion(Forbidden):
    """The query has `roles`, `Role` or the like; ignoring it would answer yes without a check."""

    code = "misspelt_question"
    words = "Ask for each role with role=, and for each scope with scope=, spelled like that"


class SessionRequired(Forbidden):
    code = "session_required"
    words = "This needs a session: an API key does not suffice: sign in"


class RegistrationDisabled(Forbidden):
    code = "registration_disabled"
    words = "Registration is disabled"


class PasswordRegistrationDisabled(Forbidden):
    code = "password_registration_disabled"
    words = "Password registration is disabled"


class CrossSiteWrite(Forbidden):
    code = "cross_site"
    words = (
        "A page of another site asked for this; add its origin to CORS_ALLOWED_ORIGINS to allow it"
    )


class EmbeddedSignIn(Forbidden):
    code = "embedded_sign_in"
    words = (
        "A sign-in with a provider needs a page of its own: link to it, and do not frame, load or "
        "prefetch it"
    )


class ForeignHost(Forbidden):
    code = "foreign_host"
    words = (
        "Without authentication this server answers only to local names; "
        "set AUTH_BASE_URL to the name it is reached by"
    )


class NotFound(Refusal):
    code = "not_found"
    words = "Not found"


class ApiKeyNotFound(NotFound):
    words = "API key not found"


class AuditEventNotFound(NotFound):
    words = "Audit event not found"


class SessionNotFound(NotFound):
    words = "Session not found"


class IdentityNotFound(NotFound):
    words = "Identity not found"


class UnknownOAuthProvider(NotFound):
    code = "unknown_oauth_provider"
    words = "Unknown OAuth provider"


class OAuthNotConfigured(NotFound):
    """The words name the provider: `Google OAuth not configured`."""

    code = "oauth_not_configured"
    words = "OAuth not configured"


class UserNotFound(NotFound):
    words = "User not found"


class Conflict(Refusal):
    code = "conflict"
    words = "Conflict"


class EmailTaken(Conflict):
    code = "email_taken"
    words = "Email already registered"


class LastOperator(Conflict):
    code = "last_operator"
    words = "This is the last enabled operator; make another one first"


class LastWayIn(Conflict):
    code = "last_way_in"
    words = "This is the only way to sign in to the account; set a password or link another first"


class PasswordIsInEnvironment(Conflict):
    code = "password_in_environment"
    words = "This password is set by AUTH_ADMIN_PASSWORD; change it there and restart the server"


class BadRequest(Refusal):
    code = "bad_request"
    words = "The request cannot be understood"


class MalformedJson(BadRequest):
    code = "malformed_json"
    words = "The body is not valid JSON"


class UnsupportedMediaType(Refusal):
    code = "unsupported_media_type"
    words = "Send JSON, with Content-Type: application/json"


class UnsupportedCoding(UnsupportedMediaType):
    words = "Send the body as it is, without Content-Encoding"


@dataclass(frozen=True, slots=True)
class FieldError:
    """The problem of one field; its value is never repeated."""

    field: str
    message: str


class Invalid(Refusal):
    """Values that break a rule, one `FieldError` each."""

    code = "invalid_request"
    words = "The request has invalid fields"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__("; ".join(error.message for error in errors) or None)
        self.errors = errors


class Throttled(Refusal):
    """Too many tries; `retry_after` is in whole seconds, and the words say it too."""

    code = "too_many_requests"
    words = "Too many tries"

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(f"{self.words}; try again in {_span(retry_after)}")
        self.retry_after = retry_after


def _span(seconds: int) -> str:
    """Seconds in words, as minutes from two on; never less than it is."""
    if seconds < 2 * _MINUTE:
        return f"{seconds} second{'s' if seconds != 1 else ''}"
    return f"{-(-seconds // _MINUTE)} minutes"


class Unavailable(Refusal):
    """No answer can be given now; `retry_after` is in whole seconds."""

    code = "unavailable"
    words = "The server cannot answer now; try again shortly"

    def __init__(self, *, retry_after: int = 1) -> None:
        super().__init__()
        self.retry_after = retry_after


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    words = "The database does not answer; try again shortly"


class Overloaded(Unavailable):
    code = "overloaded"
    words = "Too many sign-ins at once; try again shortly"
