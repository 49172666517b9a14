"""The list of users: its columns, filters and words."""

from __future__ import annotations

from datetime import datetime

from tui import relative_time
from tui.lists.columns import Cell, Column
from tui.lists.filters import choice, text, yes_or_no
from tui.lists.listing import Listing
from tui.lists.schemas import User


def _roles(user: User, _: datetime) -> Cell:
    return Cell(", ".join(user.roles) or "none", "strong" if "admin" in user.roles else "")


def _state(user: User, _: datetime) -> Cell:
    return Cell("disabled", "bad") if user.is_disabled else Cell("enabled", "good")


USERS = Listing(
    name="users",
    title="Users",
    path="/v1/admin/users",
    row=User,
    columns=(
        Column("E-mail", lambda user, _: Cell(user.email), 26, 44, 0, "email"),
        Column("Name", lambda user, _: Cell(user.name), 12, 28, 3, "name"),
        Column("Roles", _roles, 10, 20, 2),
        Column("State", _state, 8, 8, 1, is_status=True),
        Column("Sign-in", lambda user, _: Cell(user.auth_provider, "dim"), 7, 8, 7),
        Column("Sess.", lambda user, _: Cell(str(user.session_count)), 5, 5, 4),
        Column("Keys", lambda user, _: Cell(str(user.api_key_count)), 4, 4, 4),
        Column(
            "Last active",
            lambda user, now: Cell(relative_time.since(user.last_active_at, now)),
            11,
            13,
            5,
            "last_active_at",
            is_time=True,
        ),
        Column(
            "Created",
            lambda user, now: Cell(
                relative_time.since(user.created_at, now, never=relative_time.UNKNOWN), "dim"
            ),
            10,
            11,
            6,
            "created_at",
            is_time=True,
        ),
    ),
    sort="-created_at",
    label=lambda user: user.email,
    second=("e-mail", lambda user: user.email),
    empty="Nobody here. `n` creates a user.",
    words={
        "role": text("role", "admin"),
        "provider": choice("provider", "local", "google", "github"),
        "disabled": yes_or_no("disabled"),
    },
)
