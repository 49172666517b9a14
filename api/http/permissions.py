"""The guards of routes, and the operator that makes a change."""

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
    """Accepts every valid credential."""


def whole_user(principal: Principal) -> None:
    """Accepts a session, or a key with the scope `*`; raises `ScopeRequired`."""
    if not principal.has_scope(EVERYTHING):
        raise ScopeRequired


def session_only(principal: Principal) -> None:
    """Accepts sessions; raises `SessionRequired` for an API key."""
    if principal.method == "api_key":
        raise SessionRequired


def operator(scope: str) -> Guard:
    """A guard that accepts operators, whose key, if it is one, has `scope`.

    The guard raises `AdminRequired` and `ScopeRequired`.
    """

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
    """The operator of a request, for verbs and the audit trail."""
    principal, settings = call.principal, call.services.settings
    return Actor(
        user_id=principal.user_id,
        session_id=principal.session_id,
        key_id=principal.key_id,
        only_operator=environment_email(settings) if settings.mode == "admin" else None,
    )
