"""The list of audit events: its columns, filters and words."""

from __future__ import annotations

from datetime import datetime

from tui import relative_time
from tui.lists.columns import Cell, Column
from tui.lists.filters import choice, moment, person, text
from tui.lists.listing import Listing
from tui.lists.schemas import AuditEvent


def who(email: str | None, row_id: str | None) -> str:
    """A user by their address; by their id once they are gone."""
    return email or (f"gone: {row_id[:8]}…" if row_id else "")


def _outcome(event: AuditEvent, _: datetime) -> Cell:
    tone = "good" if event.outcome == "success" else "bad"
    return Cell(event.outcome, tone)  # type: ignore[arg-type]


AUDIT = Listing(
    name="audit",
    title="Audit",
    path="/v1/admin/audit-events",
    row=AuditEvent,
    columns=(
        Column(
            "When",
            lambda event, now: Cell(
                relative_time.since(event.at, now, never=relative_time.UNKNOWN)
            ),
            10,
            11,
            0,
            "at",
            is_time=True,
        ),
        Column("Action", lambda event, _: Cell(event.action), 21, 27, 1),
        Column("Outcome", _outcome, 7, 7, 2),
        Column("By", lambda event, _: Cell(who(event.actor_email, event.actor_id)), 14, 34, 4),
        Column("About", lambda event, _: Cell(who(event.user_email, event.user_id)), 14, 34, 3),
        Column("From", lambda event, _: Cell(event.ip_address or "", "dim"), 13, 39, 5),
    ),
    sort="-at",
    label=lambda event: event.action,
    second=("request id", lambda event: event.request_id or ""),
    empty="No audit events here.",
    words={
        "action": text("action", "auth.login"),
        "outcome": choice("outcome", "success", "failure"),
        "actor": person("actor_id"),
        "user": person("user_id"),
        "since": moment("since"),
        "until": moment("until"),
    },
    is_searchable=False,
)
