"""Who may call the operators' endpoints, and in whose name they act."""

from __future__ import annotations

from api import errors
from api.identity.actor import Actor
from api.identity.admission import environment_email
from api.routes.call import SignedInCall
from api.routes.guard import operator

READ = operator("admin:read")
WRITE = operator("admin:write")
REFUSALS = (errors.AdminRequired, errors.ScopeRequired)


def actor_of(call: SignedInCall) -> Actor:
    """The operator who asks."""
    principal, settings = call.principal, call.services.settings
    return Actor(
        user_id=principal.user_id,
        session_id=principal.session_id,
        key_id=principal.key_id,
        only_operator=environment_email(settings) if settings.mode == "admin" else None,
    )
