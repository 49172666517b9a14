"""The panes of the four lists: the keys that act on rows, and the events that they follow.

Knows nothing of dialogs: the operation that a key asks for is posted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from textual.binding import Binding, BindingType

from tui.http.feed import Event
from tui.lists.api_keys import API_KEYS, STATUSES
from tui.lists.audit import AUDIT
from tui.lists.schemas import ApiKey, AuditEvent, Session, User
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS
from tui.text import plain
from tui.widgets.list_pane import ListPane

_TIME: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)
# The words of a filter that say which status.
STATUS_WORDS = ("status:", "unused:")
# What makes a user's row another: its counts are in it.
_OF_A_USER = frozenset({"session_opened", "session_ended", "key_created", "key_revoked"})


class UsersPane(ListPane[User]):
    """Users, and what may be done with them."""

    listing = USERS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "operate('CreateUser')", "New user", id="users.create"),
        Binding("space", "mark", "Mark", show=False, id="list.mark"),
        Binding(
            "l",
            "operate('ForceLogout')",
            "Logout",
            tooltip="Force logout: every session of the user ends",
            id="users.log_out",
        ),
        Binding("d", "operate('Disable')", "Disable", id="users.disable"),
        Binding("D", "operate('Enable')", "Enable", show=False, id="users.enable"),
        Binding("m", "operate('SetRoles')", "Roles", id="users.set_roles"),
    ]

    def handle(self, event: Event) -> None:
        """Renews the row of a user whose sessions or keys changed, or that changed itself."""
        super().handle(event)
        if event.name in _OF_A_USER:
            self.live.renew(plain(str(event.data.get("user_id", ""))))
        elif event.name == "user_changed":
            self._changed(event)

    def _changed(self, event: Event) -> None:
        match event.data.get("change"):
            case "created":
                self.live.schedule_refresh()
            case "deleted":
                self.live.lose(event.id)
            case _:
                self.live.renew(event.id)


class ApiKeysPane(ListPane[ApiKey]):
    """API keys, as they are used."""

    listing = API_KEYS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "operate('RevokeKeys')", "Revoke", id="keys.revoke"),
        Binding(
            "f",
            "next_status",
            "Status",
            tooltip="Show the next status only, then all",
            id="keys.next_status",
        ),
        Binding("o", "owner", "Owner", show=False, tooltip="Open its owner", id="keys.owner"),
    ]

    def action_owner(self) -> None:
        """Opens the owner of the current key."""
        if self.current is not None:
            self.context.open_by_name(USERS, self.current.user_id)

    def action_next_status(self) -> None:
        """Go round: all, live, expired, never used, unused."""
        following = dict(zip(("", *STATUSES), (*STATUSES, ""), strict=True))
        status = following[self.filter.parameters.get("status", "")]
        others = [
            word for word in self.filter_input.text.split() if not word.startswith(STATUS_WORDS)
        ]
        self.put_filter(" ".join([*others, *([f"status:{status}"] if status else [])]))

    def handle(self, event: Event) -> None:
        """Highlights a used key, and updates, adds or removes rows."""
        super().handle(event)
        match event.name:
            case "key_used":
                self.live.highlight(event.id)
                self.live.apply(event.id, partial(self._use, event.id, used(event.data)))
            case "key_created" if self.concerns(event.data.get("user_id")):
                self.live.schedule_refresh()
            case "key_changed":
                self.live.renew(event.id)
            case "key_revoked":
                self.live.lose(event.id)

    def _use(self, row_id: str, changes: Mapping[str, Any]) -> None:
        """Show the use in its place; ask the server only what the event does not tell."""
        is_loaded = self.rows.update(row_id, **changes)
        status = self.filter.parameters.get("status", "live")
        if status != "live":
            # A list of unused keys loses this one; none can come in by being used.
            if is_loaded:
                self.live.schedule_refresh()
        elif self.sort == "-last_used_at":
            if is_loaded:
                self.rows.move_to_top(row_id)
            else:
                self.live.expect(row_id, changes.get("last_used_at"))

    @property
    def horizon(self) -> datetime | None:
        """The last use of the last loaded row; None at the end of the list."""
        rows = self.rows.window
        last = rows.rows[-1] if rows.rows and not rows.ends_the_list else None
        return last.last_used_at if last is not None else None


class SessionsPane(ListPane[Session]):
    """Sessions, live."""

    listing = SESSIONS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "operate('EndSessions')", "End", id="sessions.end"),
        Binding(
            "l",
            "log_out",
            "Logout",
            tooltip="Force logout: every session of the user ends",
            id="sessions.log_out",
        ),
        Binding("o", "owner", "Owner", show=False, tooltip="Open its owner", id="sessions.owner"),
    ]

    def action_log_out(self) -> None:
        """Logs the user of the current session out everywhere."""
        if self.current is not None:
            self.context.operate_by_name("ForceLogout", self.current.user_id)

    def action_owner(self) -> None:
        """Opens the user of the current session."""
        if self.current is not None:
            self.context.open_by_name(USERS, self.current.user_id)

    def handle(self, event: Event) -> None:
        """Adds and removes sessions that concern the list."""
        super().handle(event)
        if event.name == "session_opened" and self.concerns(event.data.get("user_id")):
            self.live.highlight(event.id)
            self.live.schedule_refresh()
        elif event.name == "session_ended":
            self.live.lose(event.id)
        elif (
            event.name == "user_changed"
            and event.data.get("change") != "created"
            and self.concerns(event.id)
        ):
            # Whoever is logged out, disabled or deleted loses sessions.
            self.live.schedule_refresh()


class AuditPane(ListPane[AuditEvent]):
    """The audit trail, as it grows."""

    listing = AUDIT

    def handle(self, event: Event) -> None:
        """Adds events that concern the list."""
        super().handle(event)
        if event.name == "audit" and self.concerns(event.data.get("user_id")):
            self.live.highlight(event.id)
            self.live.schedule_refresh()


def used(data: Mapping[str, Any]) -> dict[str, object]:
    """The columns that a `key_used` changes; a used key is live, whatever it was."""
    used_at = _time(data)
    if used_at is None:
        return {}
    changes: dict[str, object] = {"status": "live", "last_used_at": used_at}
    if data.get("ip") is not None:
        changes["last_used_ip"] = plain(str(data["ip"]))
    return changes


def _time(data: Mapping[str, Any]) -> datetime | None:
    """When the key was used; None where nobody can read it."""
    try:
        return _TIME.validate_python(data.get("last_used_at"))
    except ValidationError:
        return None
