"""Names the collaborators that signing in by password works with; the process has one of each."""

from __future__ import annotations

from typing import Protocol

from api.hashing import PasswordHasher
from api.security.tokens import TokenSigner
from api.settings import Settings
from api.throttle import Throttle


class PasswordCollaborators(Protocol):
    """Collaborators of a check of a password."""

    @property
    def settings(self) -> Settings: ...

    @property
    def hasher(self) -> PasswordHasher: ...

    @property
    def throttle(self) -> Throttle: ...


class SignInCollaborators(PasswordCollaborators, Protocol):
    """Collaborators of a check of a password that opens a session."""

    @property
    def tokens(self) -> TokenSigner: ...
