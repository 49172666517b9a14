"""Who may call the operators' endpoints, and in whose name they act."""

from __future__ import annotations

from api import errors
from api.identity.administration import Actor
from api.routes.call import SignedInCall
from api.routes.guard import operator

READ = operator("admin:read")
WRITE = operator("admin:write")
REFUSALS = (errors.AdminRequired, errors.ScopeRequired)


def actor_of(call: SignedInCall) -> Actor:
    """The operator who asks."""
    return Actor(user_id=call.principal.user_id)
