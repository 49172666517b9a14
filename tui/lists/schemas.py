"""The values that the dashboard shows: the server's answers, typed, frozen and fit for a screen.

Knows the wire's shapes and nothing of how they travel. Fields that are new to it are ignored; one
that is missing or of another type is named. A time that somebody wrote by hand and nobody can read
is null.
"""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
)

from tui.text import Foreign

Text = Annotated[str, AfterValidator(Foreign.of)]
Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
# What stands in a header, and a life that a clock can count.
Token = Annotated[str, Field(pattern=r"^[!-~]{1,16384}$")]
Seconds = Annotated[int, Field(ge=0, le=366 * 86_400)]
# It comes back in the query of a URL.
Cursor = Annotated[str, Field(min_length=1, max_length=4096)]
MAX_PAGE_ROWS = 200


class Value(BaseModel):
    """Anything the server answers with."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Row(Value):
    """One line of a list; `id` tells it from all others, for ever."""

    id: Text


class User(Row):
    """An account."""

    email: Text
    name: Text
    roles: tuple[Text, ...]
    email_verified: bool
    auth_provider: Text
    disabled_at: AwareDatetime | None
    created_at: AwareDatetime | None
    last_active_at: AwareDatetime | None
    session_count: Count
    api_key_count: Count

    @property
    def is_disabled(self) -> bool:
        """Whether an operator has disabled the user."""
        return self.disabled_at is not None


class ApiKey(Row):
    """An API key, as everybody but its owner sees it: without the key."""

    user_id: Text
    user_email: Text
    name: Text
    key_prefix: Text
    scopes: tuple[Text, ...]
    status: Text
    expires_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    last_used_ip: Text | None
    created_at: AwareDatetime | None


class Session(Row):
    """One sign-in of one user on one device."""

    user_id: Text
    user_email: Text
    created_at: AwareDatetime | None
    last_used_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    ip_address: Text | None
    user_agent: Text | None


class AuditEvent(Row):
    """One line of the audit trail; the e-mails are null once their user is gone."""

    at: AwareDatetime | None
    action: Text
    outcome: Text
    actor_id: Text | None
    actor_email: Text | None
    user_id: Text | None
    user_email: Text | None
    ip_address: Text | None
    user_agent: Text | None
    request_id: Text | None
    detail: dict[str, Any] | None


class Identity(Value):
    """One account elsewhere by which a user may sign in."""

    provider: Text
    subject: Text
    email: Text | None
    created_at: AwareDatetime | None
    last_used_at: AwareDatetime | None

    @property
    def account(self) -> str:
        """The account, as people know it."""
        return self.email or self.subject


class Identities(Value):
    """The identities of one user."""

    data: tuple[Identity, ...]
    next_cursor: None


class UserCounts(Value):
    total: Count
    disabled: Count
    operators: Count
    new_24h: Count


class SessionCounts(Value):
    live: Count


class KeyCounts(Value):
    live: Count
    expired: Count
    never_used: Count
    stale: Count
    used_1m: Count
    used_1h: Count
    used_24h: Count


class MigrationCounts(Value):
    applied: Count
    pending: Count


class Minute(Value):
    """Sign-ins that began within one minute."""

    minute: AwareDatetime
    success: Count
    failure: Count


class Overview(Value):
    """The numbers of the first view; the counts are those of `counted_at`."""

    counted_at: AwareDatetime
    mode: Text
    version: Text
    engine: Text
    migrations: MigrationCounts
    users: UserCounts
    sessions: SessionCounts
    api_keys: KeyCounts
    sign_ins: tuple[Minute, ...]


class Config(Value):
    """How one may sign in at this server."""

    mode: Text
    password_auth_enabled: bool


class Me(Value):
    """Who the server takes us for."""

    id: Text
    email: Text
    name: Text
    roles: tuple[Text, ...]


class TokenBody(Value):
    """A pair of tokens; `expires_in` is the access token's, in seconds."""

    access_token: Token
    refresh_token: Token
    expires_in: Seconds

    def __repr__(self) -> str:
        return "TokenBody(…)"

    __str__ = __repr__


R = TypeVar("R", bound=Row)


class Page(Value, Generic[R]):
    """A piece of a list, and where the pieces beside it begin."""

    data: Annotated[tuple[R, ...], Field(max_length=MAX_PAGE_ROWS)]
    next_cursor: Cursor | None
    previous_cursor: Cursor | None
