"""The list of sessions: its columns, filters and words."""

from __future__ import annotations

from tui import relative_time
from tui.lists.columns import Cell, Column
from tui.lists.filters import choice, person, text
from tui.lists.listing import Listing
from tui.lists.schemas import Session
from tui.lists.user_agents import program

SESSIONS = Listing(
    name="sessions",
    title="Sessions",
    path="/v1/admin/sessions",
    row=Session,
    columns=(
        Column("User", lambda session, _: Cell(session.user_email), 22, 40, 0, is_owner=True),
        Column(
            "Last used",
            lambda session, now: Cell(relative_time.since(session.last_used_at, now)),
            11,
            13,
            1,
            "last_used_at",
            is_time=True,
        ),
        Column("From", lambda session, _: Cell(session.ip_address or ""), 15, 39, 3),
        Column("Program", lambda session, _: Cell(program(session.user_agent or "")), 21, 40, 2),
        Column(
            "Created",
            lambda session, now: Cell(
                relative_time.since(session.created_at, now, never=relative_time.UNKNOWN), "dim"
            ),
            10,
            11,
            4,
            "created_at",
            is_time=True,
        ),
        Column(
            "Expires",
            lambda session, now: Cell(
                relative_time.until(session.expires_at, now, never=relative_time.UNKNOWN), "dim"
            ),
            10,
            11,
            5,
            "expires_at",
            is_time=True,
        ),
    ),
    sort="-last_used_at",
    label=lambda session: f"session of {session.user_email}",
    second=("e-mail", lambda session: session.user_email),
    empty="Nobody is signed in.",
    words={
        "status": choice("status", "live", "expired", "all"),
        "owner": text("q", "ann@"),
        "user": person("user_id"),
    },
)
