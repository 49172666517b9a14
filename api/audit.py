"""The audit trail: its actions, and rows without secrets."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from api.request_context import RequestContext
from api.throttle import Throttle
from models import AuditEvent

Outcome = Literal["success", "failure"]


class Action(StrEnum):
    """The actions of the trail; docs/audit.md explains each."""

    REGISTER = "auth.register"
    LOGIN = "auth.login"
    LOGOUT = "auth.logout"
    REUSE_DETECTED = "auth.refresh.reuse_detected"
    PASSWORD_CHANGED = "auth.password.changed"  # noqa: S105  (an action's name)
    OAUTH_LOGIN = "auth.oauth.login"
    OAUTH_LINKED = "auth.oauth.linked"
    API_KEY_CREATED = "auth.api_key.created"
    API_KEY_REVOKED = "auth.api_key.revoked"
    SESSION_REVOKED = "auth.session.revoked"
    USER_CREATED = "auth.user.created"
    USER_UPDATED = "auth.user.updated"
    USER_DELETED = "auth.user.deleted"
    USER_LOGGED_OUT = "auth.user.logged_out"
    RATE_LIMITED = "auth.rate_limited"


async def record(
    action: Action,
    context: RequestContext,
    *,
    outcome: Outcome = "success",
    actor_id: UUID | None = None,
    user_id: UUID | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    """Writes one event, in the running transaction if there is one.

    `detail` holds names and counts. Text that a stranger typed stays out of it, because people type
    passwords into the wrong field.
    """
    await AuditEvent.add(
        **_columns(action, context),
        outcome=outcome,
        actor_id=actor_id,
        user_id=user_id,
        detail=detail or {},
    )


async def record_each(
    action: Action,
    context: RequestContext,
    *,
    actor_id: UUID | None,
    concerned: Iterable[tuple[UUID, dict[str, object]]],
) -> None:
    """Writes one successful event for each of `concerned`: a user id and the detail."""
    shared = {**_columns(action, context), "outcome": "success", "actor_id": actor_id}
    await AuditEvent.add_all(
        [{**shared, "user_id": user_id, "detail": detail} for user_id, detail in concerned]
    )


def _columns(action: Action, context: RequestContext) -> dict[str, Any]:
    return {
        "at": context.now,
        "action": action.value,
        "ip_address": context.ip_address,
        "user_agent": context.user_agent,
        "request_id": context.request_id,
    }


async def record_throttled(
    what: str, throttle: Throttle, context: RequestContext, *, user_id: UUID | None = None
) -> None:
    """Writes that the limit of `what` refused a try: once a minute and network, not once a try."""
    if await throttle.is_audited_first(what, context):
        await record(
            Action.RATE_LIMITED,
            context,
            outcome="failure",
            user_id=user_id,
            detail={"what": what},
        )
