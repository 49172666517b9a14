"""Owns how something is done: allowed, confirmed, carried out, and said.

Which things can be done, and what they mean, is in `definitions`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from textual import work

from tui.http.errors import NotSignedIn, Trouble
from tui.http.feed import Event
from tui.lists.api_keys import API_KEYS
from tui.lists.listing import Listing
from tui.lists.schemas import ApiKey, Identity, Row, Session, User
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS
from tui.navigation import Navigation
from tui.operations import definitions
from tui.operations.definitions import Operation
from tui.screens.dialogs.choice import Choice
from tui.screens.dialogs.confirm import Confirm
from tui.screens.dialogs.form import roles_form, user_form, words_of

R = TypeVar("R", bound=Row)
Plan = Callable[[Sequence[R], datetime], Operation]


class Runner(Navigation):
    """Does things to rows, once an operator has said yes."""

    def carry_out(self, rows: Sequence[R], plan: Plan[R]) -> None:
        """Ask, and if the answer is yes, do it to these rows."""
        if not rows:
            self.say("there is no row to do this to", is_bad=True)
        elif self.may_act:
            self._carry_out(plan(rows, self.now()), rows)

    @work(group="operations")
    async def _carry_out(self, operation: Operation, rows: Sequence[Row]) -> None:
        await self._confirmed(operation, rows)

    async def _confirmed(self, operation: Operation, rows: Sequence[Row]) -> Trouble | None:
        """Do it if the answer is yes; tells what it met where nothing of it was done."""
        client = self.client
        # It was armed when this was asked for; it has to be when it is done, too.
        if not (await self.answer_to(Confirm(operation)) and self.may_act):
            return None
        try:
            with self.doing(f"{operation.title.rstrip('?')}…"):
                outcome = await operation.carry_out(client)
        except Trouble as trouble:
            self.say_trouble(trouble, operation.title)
            return trouble
        self.say(outcome.words, is_bad=outcome.trouble is not None)
        self.publish(outcome.events)
        if outcome.trouble is None:
            for live in self.lives:
                live.unmark([row.id for row in rows])
        elif isinstance(outcome.trouble, NotSignedIn):
            self.lose_sign_in(outcome.trouble)
        return None

    # To users

    def log_out_users(self, users: Sequence[User]) -> None:
        self.carry_out(users, self._logging_out)

    def disable_users(self, users: Sequence[User]) -> None:
        self.carry_out(users, self._disabling)

    def enable_users(self, users: Sequence[User]) -> None:
        self.carry_out(users, lambda them, _: definitions.enable(them))

    def _logging_out(self, users: Sequence[User], _: datetime) -> Operation:
        return definitions.force_logout(users, self.myself)

    def _disabling(self, users: Sequence[User], _: datetime) -> Operation:
        return definitions.disable(users, self.myself)

    # To keys and sessions

    def revoke_keys(self, keys: Sequence[ApiKey]) -> None:
        self.carry_out(keys, self._revoking)

    def end_sessions(self, sessions: Sequence[Session]) -> None:
        self.carry_out(sessions, self._ending)

    def _revoking(self, keys: Sequence[ApiKey], now: datetime) -> Operation:
        return definitions.revoke_keys(keys, now, self.target.api_key or "")

    def _ending(self, sessions: Sequence[Session], now: datetime) -> Operation:
        return definitions.end_sessions(sessions, now, "" if self.target.api_key else self.myself)

    # By id

    def enable_user(self, user_id: str) -> None:
        self._by_id(USERS, user_id, lambda them, _: definitions.enable(them))

    @work(group="operations")
    async def set_roles_of(self, user_id: str) -> None:
        user = await self.row_of(USERS, user_id) if self.may_act else None
        if user is not None:
            self.ask_for_roles(user)

    def force_logout(self, user_id: str) -> None:
        self._by_id(USERS, user_id, self._logging_out)

    def disable_user(self, user_id: str) -> None:
        self._by_id(USERS, user_id, self._disabling)

    def revoke_key(self, key_id: str) -> None:
        self._by_id(API_KEYS, key_id, self._revoking)

    def revoke_by_prefix(self, prefix: str) -> None:
        self._with_key_of(prefix, lambda key: self.revoke_keys((key,)))

    def end_session(self, session_id: str) -> None:
        self._by_id(SESSIONS, session_id, self._ending)

    def _by_id(self, listing: Listing[Any], row_id: str, plan: Plan[Any]) -> None:
        """The same for a row that need not be on screen: it is loaded, so that it can be named."""
        if self.may_act:
            self._load_and_carry_out(listing, row_id, plan)

    @work(group="operations")
    async def _load_and_carry_out(
        self, listing: Listing[Any], row_id: str, plan: Plan[Any]
    ) -> None:
        row = await self.row_of(listing, row_id)
        if row is not None:
            await self._confirmed(plan((row,), self.now()), (row,))

    # Identities

    def ask_for_unlinking(self, user_id: str) -> None:
        """Take one of a user's identities away; both are loaded, so that they can be named."""
        if self.may_act:
            self._unlink(user_id)

    @work(group="operations")
    async def _unlink(self, user_id: str) -> None:
        user = await self.row_of(USERS, user_id)
        if user is None:
            return
        try:
            identities = await self.client.identities(user_id)
        except Trouble as trouble:
            self.say_trouble(trouble, "Identities")
            return
        provider = await self._one_of(identities, user)
        if provider is not None:
            there = [one for one in identities if one.provider == provider]
            await self._confirmed(definitions.unlink(user, there, self.myself), (user,))

    async def _one_of(self, identities: Sequence[Identity], user: User) -> str | None:
        """The provider to unlink, asked for where there is more than one."""
        accounts: dict[str, list[str]] = {}
        for one in identities:
            accounts.setdefault(one.provider, []).append(one.account)
        if not accounts:
            self.say(f"{user.email} has no identity to unlink", is_bad=True)
        if len(accounts) < 2:  # noqa: PLR2004  (a choice needs two)
            return next(iter(accounts), None)
        names = [
            f"{definitions.provider_name(one)}: {', '.join(of)}" for one, of in accounts.items()
        ]
        question = Choice(f"Which identity of {user.email}?", names)
        chosen = await self.answer_to(question)
        return None if chosen is None else list(accounts)[chosen]

    # By form

    def ask_for_roles(self, user: User) -> None:
        """Other roles for a user."""
        if self.may_act:
            self._set_roles(user)

    @work(group="operations")
    async def _set_roles(self, user: User) -> None:
        typed, trouble = " ".join(user.roles), None
        while True:
            problem = "" if trouble is None else trouble.words
            form = await self.answer_to(roles_form(user.email, typed, problem))
            if form is None:
                return
            typed = form["roles"]
            operation = definitions.set_roles(user, words_of(typed), self.myself)
            trouble = await self._confirmed(operation, (user,))
            if trouble is None:
                return

    def ask_for_user(self) -> None:
        """A new user."""
        if self.may_act:
            self._create_user()

    @work(group="operations")
    async def _create_user(self) -> None:
        form: dict[str, str] | None = {}
        problem = ""
        while (form := await self.answer_to(user_form(form or {}, problem))) is not None:
            wanted: dict[str, object] = {"email": form["email"], "roles": words_of(form["roles"])}
            wanted |= {name: form[name] for name in ("name", "password") if form[name]}
            try:
                user = await self.client.create_user(wanted)
            except NotSignedIn as over:
                self.say_trouble(over, "New user")
            except Trouble as trouble:
                # Nothing that was typed needs to be typed again.
                problem = trouble.words
            else:
                self._created(user, has_password="password" in wanted)
                return

    def _created(self, user: User, *, has_password: bool) -> None:
        what = "" if has_password else ", without a password"
        self.say(f"created {user.email} ({', '.join(user.roles) or 'no roles'}){what}")
        self.publish((Event("user_changed", {"id": user.id, "change": "created"}),))
