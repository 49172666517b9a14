"""Who may call the operators' endpoints, and in whose name they act."""

from __future__ import annotations

from collections.abc import Callable

from api import errors
from api.administration.actor import Actor
from api.authentication.eligibility import environment_email
from api.authentication.principal import EVERYTHING, Principal
from api.errors import (
    AdminRequired,
    ScopeRequired,
    SessionRequired,
)
from api.http.requests import SignedInCall

Guard = Callable[[Principal], None]


def anyone(_: Principal) -> None:
    """Any valid credential will do."""


def whole_user(principal: Principal) -> None:
    """The user's own things: a session, or a key with the scope `*`."""
    if not principal.has_scope(EVERYTHING):
        raise ScopeRequired


def session_only(principal: Principal) -> None:
    """Never an API key."""
    if principal.method == "api_key":
        raise SessionRequired


def operator(scope: str) -> Guard:
    """An operator, whose key (where it is a key) holds `scope`."""

    def check(principal: Principal) -> None:
        if not principal.is_operator:
            raise AdminRequired
        if not principal.has_scope(scope):
            raise ScopeRequired

    return check


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
