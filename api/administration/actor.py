"""The operator or tool that makes a change, and the row that the audit trail gets.

The module does not check that the caller is an operator. It checks that an operator still is one,
for changes that take long.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from api.audit import Action, record
from api.errors import AdminRequired, InvalidApiKey, InvalidToken, SessionRequired
from api.request_context import RequestContext
from models import ApiKey, RefreshToken, User


@dataclass(frozen=True, slots=True)
class Actor:
    """An operator by id, or a tool by name.

    An operator shows a session or a key. `only_operator` is the one address that is admitted in
    mode admin.
    """

    user_id: UUID | None = None
    tool: str | None = None
    session_id: UUID | None = None
    key_id: UUID | None = None
    only_operator: str | None = None

    def detail(self, **more: object) -> dict[str, object]:
        """The detail of an audit row, with `by` for a tool."""
        return {**({"by": self.tool} if self.tool else {}), **more}

    def refuse_key(self) -> None:
        """Raises `SessionRequired` for a key.

        A stolen key must not create an operator or a password, which would outlive it.
        """
        if self.key_id is not None:
            raise SessionRequired

    async def keep(self) -> None:
        """Locks the operator's right until the running transaction ends.

        For changes that take long after the check: an operator who is disabled meanwhile must not
        create others. Locks are taken in one order everywhere, the user's before the session's or
        the key's.

        Raises:
            InvalidToken, InvalidApiKey, AdminRequired: the right has ended.
        """
        if self.user_id is None or (self.session_id is None and self.key_id is None):
            return
        user = await User.held(self.user_id)
        if user is None or user.is_disabled:
            raise InvalidToken
        if not user.is_operator:
            raise AdminRequired
        if self.session_id is not None and not await RefreshToken.is_held(self.session_id):
            raise InvalidToken
        if self.key_id is not None and not await ApiKey.is_held(self.key_id):
            raise InvalidApiKey


async def record_of(
    user: User, action: Action, actor: Actor, context: RequestContext, **detail: object
) -> None:
    """Writes the audit row of an operator's change to a user, in the running transaction."""
    await record(
        action,
        context,
        actor_id=actor.user_id,
        user_id=user.id,
        detail=actor.detail(**detail),
    )
