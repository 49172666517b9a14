"""The principal: the user that a credential stands for, with the method and the scopes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from uuid import UUID

from models import User

Method = Literal["none", "jwt", "api_key"]

OPERATOR = "admin"
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Principal:
    """A user, the method by which they authenticated, and the scopes of the credential.

    `session_id` is set for the method `jwt`, `key_id` for `api_key`.
    """

    user_id: UUID
    email: str
    name: str
    avatar_url: str | None
    roles: tuple[str, ...]
    email_verified: bool
    method: Method
    scopes: tuple[str, ...] = (EVERYTHING,)
    session_id: UUID | None = None
    key_id: UUID | None = None

    @property
    def is_operator(self) -> bool:
        """Whether the user has the role `admin`; routes also check the scopes of a key."""
        return OPERATOR in self.roles

    def has_scope(self, scope: str) -> bool:
        """Whether the credential has a scope; `*` stands for every scope, there are no patterns."""
        return EVERYTHING in self.scopes or scope in self.scopes


def shared(words: Iterable[str]) -> tuple[str, ...]:
    """The words as a tuple, one object for all principals with the same words, to save memory."""
    return _one_of_a_kind(tuple(words))


@lru_cache(maxsize=1024)
def _one_of_a_kind(words: tuple[str, ...]) -> tuple[str, ...]:
    return words


def principal_of(
    user: User,
    method: Method,
    *,
    scopes: tuple[str, ...] = (EVERYTHING,),
    session_id: UUID | None = None,
    key_id: UUID | None = None,
) -> Principal:
    """The principal of a row of `users`; nothing is read from a token's claims.

    In mode none the principal is an operator, whatever the roles in the anonymous row.
    """
    roles = [OPERATOR] if method == "none" else user.roles
    return Principal(
        user_id=user.id,
        email=user.email,
        name=user.name,
        avatar_url=user.avatar_url,
        roles=shared(role for role in roles if isinstance(role, str)),
        email_verified=user.email_verified,
        method=method,
        scopes=scopes,
        session_id=session_id,
        key_id=key_id,
    )
