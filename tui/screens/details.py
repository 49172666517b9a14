"""Owns the views of one thing: a user with what is theirs, a key, a session, an audit event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

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


class DetailView(View):
    """One thing. Escape goes back to where one was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back"),
        Binding("y", "copy_id", "Copy id", show=False),
        Binding("Y", "copy_second", "Copy e-mail, prefix or request id", show=False),
        Binding("f5,ctrl+r", "reload", "Load and draw anew", show=False),
    ]

    @property
    def detail(self) -> Detail[Any]:
        return self.query_one(Detail)

    def action_back(self) -> None:
        self.dismiss()

    def action_copy_id(self) -> None:
        self.context.carry("id", self.detail.row_id)

    def action_copy_second(self) -> None:
        name, text = self.detail.listing.second
        if self.detail.row is not None:
            self.context.carry(name, text(self.detail.row))

    def action_reload(self) -> None:
        for live in self.lives:
            live.reload()
        self.refresh(layout=True)

    @property
    def there(self) -> tuple[Any, ...]:
        """The row, unless it is not loaded or no longer there."""
        detail = self.detail
        return () if detail.row is None or detail.is_gone else (detail.row,)


class UserView(DetailView):
    """A user: identity, sessions, keys, and what the audit trail says about them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "tab(1)", "Tabs", tooltip="Next tab"),
        Binding("shift+tab", "tab(-1)", "Previous tab", show=False),
        Binding("l", "log_out", "Logout", tooltip="Force logout: every session of the user ends"),
        Binding("d", "disable", "Disable"),
        Binding("D", "enable", "Enable", show=False),
        Binding("m", "roles", "Roles"),
        Binding("i", "unlink", "Unlink an identity (GitHub, Google…)", show=False),
    ]

    class Identified(Message):
        """The user's accounts elsewhere came."""

        def __init__(self, identities: tuple[Identity, ...]) -> None:
            super().__init__()
            self.identities = identities

    def __init__(self, context: AppContext, user_id: str, email: str) -> None:
        super().__init__(context)
        self.user_id = user_id
        self.crumbs = (USERS.title, email)
        self._identities: tuple[Identity, ...] = ()

    def parts(self) -> ComposeResult:
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
        self.detail.show_again()

    def action_tab(self, step: int) -> None:
        tabs = self.query_one(TabbedContent)
        tabs.active = TABS[(TABS.index(tabs.active) + step) % len(TABS)]

    @on(TabbedContent.TabActivated)
    def _focus_tab(self) -> None:
        active = self.query_one(TabbedContent).active_pane
        if active is not None:
            self.set_focus(active.query_one(Table))

    def action_back(self) -> None:
        active = self.query_one(TabbedContent).active_pane
        if active is None or not active.query_one(ListPane).clear_filter():
            self.dismiss()

    @on(Table.Opened)
    def _opened(self, event: Table.Opened) -> None:
        self.context.open_row(event.row)

    def action_log_out(self) -> None:
        self.context.log_out_users(self.there)

    def action_disable(self) -> None:
        self.context.disable_users(self.there)

    def action_enable(self) -> None:
        self.context.enable_users(self.there)

    def action_roles(self) -> None:
        for user in self.there:
            self.context.ask_for_roles(user)

    def action_unlink(self) -> None:
        for user in self.there:
            self.context.ask_for_unlinking(user.id)


class KeyView(DetailView):
    """An API key."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "revoke", "Revoke"),
        Binding("o", "owner", "Owner", tooltip="Open its owner"),
    ]

    def __init__(self, context: AppContext, key: ApiKey) -> None:
        super().__init__(context)
        self.key = key
        self.crumbs = (API_KEYS.title, API_KEYS.label(key))

    def parts(self) -> ComposeResult:
        yield Detail(self.context, API_KEYS, self.key.id, facts=detail_fields.api_key, is_wide=True)

    def action_revoke(self) -> None:
        self.context.revoke_keys(self.there)

    def action_owner(self) -> None:
        self.context.open_user(self.key.user_id)


class SessionView(DetailView):
    """A session."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "end", "End"),
        Binding("l", "log_out", "Logout", tooltip="Force logout: every session of the user ends"),
        Binding("o", "owner", "Owner", tooltip="Open its owner"),
    ]

    def __init__(self, context: AppContext, session: Session) -> None:
        super().__init__(context)
        self.session = session
        self.crumbs = (SESSIONS.title, SESSIONS.label(session))

    def parts(self) -> ComposeResult:
        yield Detail(
            self.context, SESSIONS, self.session.id, facts=detail_fields.session, is_wide=True
        )

    def action_end(self) -> None:
        self.context.end_sessions(self.there)

    def action_log_out(self) -> None:
        self.context.force_logout(self.session.user_id)

    def action_owner(self) -> None:
        self.context.open_user(self.session.user_id)


class EventView(DetailView):
    """An audit event, with its detail."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "owner", "User", tooltip="Open whom it is about"),
        Binding("a", "actor", "Actor", tooltip="Open who did it"),
    ]

    def __init__(self, context: AppContext, event: AuditEvent) -> None:
        super().__init__(context)
        self.event = event
        self.crumbs = (AUDIT.title, AUDIT.label(event))

    def parts(self) -> ComposeResult:
        yield Detail(
            self.context, AUDIT, self.event.id, facts=detail_fields.audit_event, is_wide=True
        )

    def action_owner(self) -> None:
        if self.event.user_id:
            self.context.open_user(self.event.user_id)

    def action_actor(self) -> None:
        if self.event.actor_id:
            self.context.open_user(self.event.actor_id)
