"""The views of one thing: a user with what is theirs, a key, a session, an audit event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TabbedContent, TabPane

from tui.context import AppContext
from tui.http.errors import Trouble
from tui.lists import detail_fields
from tui.lists.api_keys import API_KEYS
from tui.lists.audit import AUDIT
from tui.lists.detail_fields import Fact
from tui.lists.schemas import ApiKey, AuditEvent, Identity, Session, User
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS
from tui.screens.view import View
from tui.widgets.detail import Detail
from tui.widgets.list_pane import ListPane
from tui.widgets.panes import ApiKeysPane, AuditPane, SessionsPane
from tui.widgets.table import Table

TABS = ("sessions", "keys", "audit")


class UserView(View):
    """A user: identity, sessions, keys, and what the audit trail says about them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "tab(1)", "Tabs", tooltip="Next tab", id="users.next_tab"),
        Binding("shift+tab", "tab(-1)", "Previous tab", show=False, id="users.previous_tab"),
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
        Binding(
            "i",
            "operate('Unlink')",
            "Unlink an identity (GitHub, Google…)",
            show=False,
            id="users.unlink",
        ),
    ]

    class Identified(Message):
        """The user's accounts elsewhere came."""

        def __init__(self, identities: tuple[Identity, ...]) -> None:
            super().__init__()
            self.identities = identities

    def __init__(self, context: AppContext, user_id: str, email: str) -> None:
        super().__init__(context, USERS.title, email)
        self.user_id = user_id
        self._identities: tuple[Identity, ...] = ()

    def parts(self) -> ComposeResult:
        """The user, and the tabs of their sessions, keys and events."""
        yield Detail(self.context, USERS, self.user_id, facts=self._facts)
        about = {"user_id": self.user_id}
        with TabbedContent(initial=TABS[0]):
            with TabPane("Sessions", id="sessions"):
                yield SessionsPane(self.context, about)
            with TabPane("API keys", id="keys"):
                yield ApiKeysPane(self.context, about)
            with TabPane("Audit", id="audit"):
                yield AuditPane(self.context, about)

    def on_mount(self) -> None:
        """Focuses the first tab."""
        self._focus_tab()

    def _facts(self, user: User, now: datetime) -> Sequence[Fact]:
        return detail_fields.user(user, now, self._identities)

    @on(Detail.Came)
    @work(exclusive=True, group="identities")
    async def _identify(self) -> None:
        try:
            identities = await self.context.client.identities(self.user_id)
        except Trouble:
            # The row says by what the user signs in; this would only have said it better.
            return
        self.post_message(self.Identified(identities))

    @on(Identified)
    def _identified(self, event: Identified) -> None:
        self._identities = event.identities
        self.query_one(Detail).show_again()

    def action_tab(self, step: int) -> None:
        """Changes to the tab `step` further; the last is followed by the first."""
        tabs = self.query_one(TabbedContent)
        tabs.active = TABS[(TABS.index(tabs.active) + step) % len(TABS)]

    @on(TabbedContent.TabActivated)
    def _focus_tab(self) -> None:
        active = self.query_one(TabbedContent).active_pane
        if active is not None:
            self.set_focus(active.query_one(Table))

    def action_back(self) -> None:
        """Clears the filter of the tab, or leaves the view without one."""
        active = self.query_one(TabbedContent).active_pane
        if active is None or not active.query_one(ListPane).clear_filter():
            self.dismiss()


class KeyView(View):
    """An API key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "operate('RevokeKeys')", "Revoke", id="keys.revoke"),
        Binding("o", "owner", "Owner", tooltip="Open its owner", id="keys.owner"),
    ]

    def __init__(self, context: AppContext, key: ApiKey) -> None:
        super().__init__(context, API_KEYS.title, API_KEYS.label(key))
        self.key = key

    def parts(self) -> ComposeResult:
        """The key."""
        yield Detail(self.context, API_KEYS, self.key.id, facts=detail_fields.api_key, is_wide=True)

    def action_owner(self) -> None:
        """Opens the owner of the key."""
        self.context.open_by_name(USERS, self.key.user_id)


class SessionView(View):
    """A session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "operate('EndSessions')", "End", id="sessions.end"),
        Binding(
            "l",
            "log_out",
            "Logout",
            tooltip="Force logout: every session of the user ends",
            id="sessions.log_out",
        ),
        Binding("o", "owner", "Owner", tooltip="Open its owner", id="sessions.owner"),
    ]

    def __init__(self, context: AppContext, session: Session) -> None:
        super().__init__(context, SESSIONS.title, SESSIONS.label(session))
        self.session = session

    def parts(self) -> ComposeResult:
        """The session."""
        yield Detail(
            self.context, SESSIONS, self.session.id, facts=detail_fields.session, is_wide=True
        )

    def action_log_out(self) -> None:
        """Logs the user of the session out everywhere."""
        self.context.operate_by_name("ForceLogout", self.session.user_id)

    def action_owner(self) -> None:
        """Opens the user of the session."""
        self.context.open_by_name(USERS, self.session.user_id)


class EventView(View):
    """An audit event, with its detail."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "owner", "User", tooltip="Open whom it is about", id="audit.user"),
        Binding("a", "actor", "Actor", tooltip="Open who did it", id="audit.actor"),
    ]

    def __init__(self, context: AppContext, event: AuditEvent) -> None:
        super().__init__(context, AUDIT.title, AUDIT.label(event))
        self.event = event

    def parts(self) -> ComposeResult:
        """The event."""
        yield Detail(
            self.context, AUDIT, self.event.id, facts=detail_fields.audit_event, is_wide=True
        )

    def action_owner(self) -> None:
        """Opens the user whom the event concerns."""
        if self.event.user_id:
            self.context.open_by_name(USERS, self.event.user_id)

    def action_actor(self) -> None:
        """Opens the user who acted."""
        if self.event.actor_id:
            self.context.open_by_name(USERS, self.event.actor_id)
