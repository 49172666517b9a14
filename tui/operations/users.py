"""The operations on users."""

from __future__ import annotations

from collections.abc import Sequence

from tui.http.client import Client
from tui.lists.schemas import User
from tui.operations.operation import Operation, Outcome, counted, one_by_one, user_changed
from tui.questions import Field, Questions
from tui.session.session import Operator


class ForceLogout(Operation[User]):
    """Every session of the users ends."""

    @property
    def title(self) -> str:
        """The question, with the user or the number of users."""
        return f"Log {_who(self.rows)} out everywhere?"

    @property
    def consequence(self) -> str:
        """The number of sessions that end; API keys go on working."""
        if len(self.rows) > 1:
            end = f"{counted(self._total, 'session')} of {_who(self.rows)} end now"
            return f"{end}; API keys go on working." + is_you(self.rows, self.by)
        user = self.rows[0]
        sessions = {0: "No session", 1: "The one session"}.get(
            self._total, f"All {self._total} sessions"
        )
        end = f"{sessions} of {user.email} end{'' if self._total > 1 else 's'} now"
        goes = "goes" if user.api_key_count == 1 else "go"
        keys = f"{counted(user.api_key_count, 'API key')} of theirs {goes} on working."
        return f"{end}; {keys}" + is_you(self.rows, self.by)

    @property
    def names(self) -> tuple[str, ...]:
        """Each user with the number of their sessions, where there are several."""
        if len(self.rows) == 1:
            return ()
        return tuple(
            f"{user.email}: {counted(user.session_count, 'session')}" for user in self.rows
        )

    @property
    def typed(self) -> str:
        """The number of several users, or the address of one with several sessions."""
        return super().typed or (self.rows[0].email if self._total > 1 else "")

    @property
    def _total(self) -> int:
        return sum(user.session_count for user in self.rows)

    async def run(self, client: Client) -> Outcome:
        """Ends every session of each user, one user after the other."""

        async def log_out(user: User) -> int:
            return await client.force_logout(user.id)

        return await one_by_one(self.rows, log_out, user_changed, ("ended", "session"))


class Disable(Operation[User]):
    """The users are shut out: sessions end, keys are refused."""

    @property
    def title(self) -> str:
        """The question, with the user or the number of users."""
        return f"Disable {_who(self.rows)}?"

    @property
    def consequence(self) -> str:
        """The sessions and keys that stop working."""
        if len(self.rows) > 1:
            words = (
                f"{_who(self.rows)} are shut out now: their sessions end, their keys are refused."
            )
        else:
            words = (
                f"{_who(self.rows)} is shut out now: {_access(self.rows[0], ' and ')} stop working. "
                "Keys work again once the user is enabled; sessions do not come back."
            )
        return words + is_you(self.rows, self.by)

    @property
    def names(self) -> tuple[str, ...]:
        """Each user with their sessions and keys, where there are several."""
        if len(self.rows) == 1:
            return ()
        return tuple(f"{user.email}: {_access(user, ', ')}" for user in self.rows)

    @property
    def typed(self) -> str:
        """The number of several users, or the address of one with several sessions and keys."""
        user = self.rows[0]
        return super().typed or (user.email if user.session_count + user.api_key_count > 1 else "")

    async def run(self, client: Client) -> Outcome:
        """Disables the users one by one."""
        return await _change_disabled(self.rows, client, is_disabled=True)


class Enable(Operation[User]):
    """The users are let in again."""

    @property
    def title(self) -> str:
        """The question, with the user or the number of users."""
        return f"Enable {_who(self.rows)}?"

    @property
    def consequence(self) -> str:
        """The keys that work again."""
        if len(self.rows) > 1:
            return f"{_who(self.rows)} may sign in again, and their API keys work again now."
        count = self.rows[0].api_key_count
        keys = f"{counted(count, 'API key')} {'works' if count == 1 else 'work'}"
        return f"{_who(self.rows)} may sign in again, and {keys} again now."

    @property
    def names(self) -> tuple[str, ...]:
        """The address of each user, where there are several."""
        return tuple(user.email for user in self.rows) if len(self.rows) > 1 else ()

    async def run(self, client: Client) -> Outcome:
        """Enables the users one by one."""
        return await _change_disabled(self.rows, client, is_disabled=False)


class SetRoles(Operation[User]):
    """A user has other roles."""

    one_at_a_time = "roles are set for one user at a time; u takes the marks off"
    can_be_corrected = True

    def __init__(self, rows: Sequence[User], by: Operator) -> None:
        super().__init__(rows, by)
        self._user = rows[0]
        self._text = " ".join(self._user.roles)

    @property
    def title(self) -> str:
        """The question, with the address."""
        return f"Set roles of {self._user.email}?"

    @property
    def consequence(self) -> str:
        """The old and the new roles; it warns where the operator role comes or goes."""
        old, new = self._user.roles, _words(self._text)
        words = f"{self._user.email} has {_listed(old)} and gets {_listed(new)}, "
        words += "from the next request on."
        if "admin" in new and "admin" not in old:
            words += " They can do everything then, here too."
        if "admin" in old and "admin" not in new:
            words += " They can no longer see or do anything here."
        return words + is_you(self.rows, self.by)

    async def asked(self, client: Client, questions: Questions, problem: str) -> bool:  # noqa: ARG002
        """Asks for the roles, separated by spaces; begins with the current ones."""
        field = Field("roles", "Roles, separated by spaces", self._text, "none")
        title = f"Roles of {self._user.email}"
        form = await questions.fill(title, (field,), go_on="Set", problem=problem)
        if form is not None:
            self._text = form["roles"]
        return form is not None

    async def run(self, client: Client) -> Outcome:
        """Replaces the user's roles."""
        user = await client.change_user(self._user.id, roles=list(_words(self._text)))
        return Outcome(f"{user.email} has the roles: {_listed(user.roles)}", (user_changed(user),))


class CreateUser(Operation[User]):
    """There is one user more."""

    needs_rows = False
    can_be_corrected = True

    def __init__(self, rows: Sequence[User], by: Operator) -> None:
        super().__init__(rows, by)
        self._form = {"email": "", "name": "", "password": "", "roles": "user"}

    @property
    def title(self) -> str:
        """The title of the form."""
        return "New user"

    async def asked(self, client: Client, questions: Questions, problem: str) -> bool:  # noqa: ARG002
        """Asks for address, name, password and roles; only the address is needed."""
        typed = self._form
        fields = (
            Field("email", "E-mail", typed["email"], "ann@example.com"),
            Field("name", "Name", typed["name"], "may be left empty"),
            Field(
                "password", "Password", typed["password"], "empty: they have none", is_secret=True
            ),
            Field("roles", "Roles", typed["roles"], "separated by spaces"),
        )
        form = await questions.fill(self.title, fields, go_on="Create", problem=problem)
        # Nothing that was typed needs to be typed again.
        self._form = form or typed
        return form is not None

    async def run(self, client: Client) -> Outcome:
        """Creates the user; empty fields are not sent."""
        typed = self._form
        form: dict[str, object] = {"email": typed["email"], "roles": _words(typed["roles"])}
        form |= {name: typed[name] for name in ("name", "password") if typed[name]}
        user = await client.create_user(form)
        words = f"created {user.email} ({_listed(user.roles, 'no roles')})"
        words += "" if typed["password"] else ", without a password"
        return Outcome(words, (user_changed(user, "created"),))


def is_you(users: Sequence[User], by: Operator) -> str:
    """A warning where the operator is among the users; else empty."""
    return " That is you!" if any(user.id == by.user_id for user in users) else ""


async def _change_disabled(users: Sequence[User], client: Client, *, is_disabled: bool) -> Outcome:
    async def change(user: User) -> int:
        await client.change_user(user.id, disabled=is_disabled)
        return 1

    words = ("disabled" if is_disabled else "enabled", "user")
    return await one_by_one(users, change, user_changed, words)


def _who(users: Sequence[User]) -> str:
    return users[0].email if len(users) == 1 else f"{len(users)} users"


def _access(user: User, between: str) -> str:
    """The number of ways in that a user has now."""
    sessions, keys = counted(user.session_count, "session"), counted(user.api_key_count, "API key")
    return f"{sessions}{between}{keys}"


def _listed(roles: Sequence[str], none: str = "none") -> str:
    return ", ".join(roles) or none


def _words(text: str) -> tuple[str, ...]:
    """The words in a line, separated by spaces or commas, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
