"""Owns the things that end or change somebody's access: what each does, in words, before it is done.

A deed says its consequence with names, times and addresses, and what must be typed where more than
one thing dies. Knows nothing of dialogs; it is carried out against a client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tui import ages
from tui.client import Client
from tui.errors import Missing, Refused, Trouble
from tui.feed import Event
from tui.rows import ApiKey, Row, Session, User

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a deed: words for people, and events for the lists to show at once."""

    words: str
    events: tuple[Event, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to be confirmed and then done. `typed` must be typed before it can be."""

    title: str
    consequence: str
    carry_out: Callable[[Client], Awaitable[Outcome]]
    names: tuple[str, ...] = ()
    typed: str = ""


def revoke_keys(keys: Sequence[ApiKey], now: datetime) -> Deed:
    """End API keys; more than one asks for their number."""
    if len(keys) == 1:
        return Deed("Revoke this API key?", _of_one_key(keys[0], now), _revoke_key(keys[0]))
    return Deed(
        f"Revoke {len(keys)} API keys?",
        f"{len(keys)} API keys end; programs that use them stop now.",
        _revoke_keys(keys),
        tuple(f"{_key(key)}, {_used(key, now)}" for key in keys),
        typed=str(len(keys)),
    )


def end_sessions(sessions: Sequence[Session], now: datetime) -> Deed:
    """End sessions; more than one asks for their number."""
    lines = tuple(_session(session, now) for session in sessions)
    if len(sessions) == 1:
        consequence = f"{lines[0]}; it is signed out now."
        return Deed("End this session?", consequence, _end_sessions(sessions))
    return Deed(
        f"End {len(sessions)} sessions?",
        f"{len(sessions)} sessions are signed out now. API keys go on working.",
        _end_sessions(sessions),
        lines,
        typed=str(len(sessions)),
    )


def force_logout(users: Sequence[User], myself: str) -> Deed:
    """End every session of users."""
    total = sum(user.session_count for user in users)
    if len(users) == 1:
        user = users[0]
        which = "The one session" if total == 1 else f"All {total} sessions"
        consequence = f"{which} of {user.email} end{'s' * (total == 1)} now; "
        consequence += f"{_count(user.api_key_count, 'API key')} of theirs go on working."
        typed = user.email if total > 1 else ""
        return Deed(
            f"Log {user.email} out everywhere?",
            consequence + _is_you(users, myself),
            _force_logout(users),
            typed=typed,
        )
    return Deed(
        f"Log {len(users)} users out everywhere?",
        f"{_count(total, 'session')} of {len(users)} users end now; API keys go on working."
        + _is_you(users, myself),
        _force_logout(users),
        tuple(f"{user.email}: {_count(user.session_count, 'session')}" for user in users),
        typed=str(len(users)),
    )


def disable(users: Sequence[User], myself: str) -> Deed:
    """Shut users out: sessions end, keys are refused."""
    lines = tuple(
        f"{user.email}: {_count(user.session_count, 'session')}, "
        f"{_count(user.api_key_count, 'API key')}"
        for user in users
    )
    is_more_than_one = sum(user.session_count + user.api_key_count for user in users) > 1
    if len(users) == 1:
        return Deed(
            f"Disable {users[0].email}?",
            f"{users[0].email} is shut out now: {_count(users[0].session_count, 'session')} and "
            f"{_count(users[0].api_key_count, 'API key')} stop working. Keys work again once the "
            "user is enabled; sessions do not come back." + _is_you(users, myself),
            _disable(users),
            typed=users[0].email if is_more_than_one else "",
        )
    return Deed(
        f"Disable {len(users)} users?",
        f"{len(users)} users are shut out now: their sessions end, their keys are refused."
        + _is_you(users, myself),
        _disable(users),
        lines,
        typed=str(len(users)),
    )


def enable(users: Sequence[User]) -> Deed:
    """Let users in again."""
    if len(users) == 1:
        title = f"Enable {users[0].email}?"
        keys = _count(users[0].api_key_count, "API key")
        return Deed(
            title, f"{users[0].email} may sign in again, and {keys} work again now.", _enable(users)
        )
    return Deed(
        f"Enable {len(users)} users?",
        f"{len(users)} users may sign in again, and their API keys work again now.",
        _enable(users),
        tuple(user.email for user in users),
        typed=str(len(users)),
    )


def set_roles(user: User, roles: tuple[str, ...], myself: str) -> Deed:
    """Give a user other roles."""
    before, after = ", ".join(user.roles) or "none", ", ".join(roles) or "none"

    async def carry_out(client: Client) -> Outcome:
        changed = await client.change_user(user.id, roles=list(roles))
        words = f"{changed.email} has the roles: {', '.join(changed.roles) or 'none'}"
        return Outcome(words, (_user_changed(user),))

    loses = "admin" in user.roles and "admin" not in roles
    gains = "admin" in roles and "admin" not in user.roles
    consequence = f"{user.email} has {before} and gets {after}, from the next request on."
    consequence += " They can do everything then, here too." if gains else ""
    consequence += " They can no longer see or do anything here." if loses else ""
    return Deed(f"Set roles of {user.email}?", consequence + _is_you((user,), myself), carry_out)


# Words


def _key(key: ApiKey) -> str:
    return f"{key.name} of {key.user_email}"


def _used(key: ApiKey, now: datetime) -> str:
    if key.last_used_at is None:
        return "never used"
    origin = f" from {key.last_used_ip}" if key.last_used_ip else ""
    return f"last used {ages.since(key.last_used_at, now)}{origin}"


def _of_one_key(key: ApiKey, now: datetime) -> str:
    return f"{_key(key)}, {_used(key, now)}; programs that use it stop now."


def _session(session: Session, now: datetime) -> str:
    origin = f" from {session.ip_address}" if session.ip_address else ""
    program = f" ({session.user_agent})" if session.user_agent else ""
    used = ages.since(session.last_used_at or session.created_at, now)
    return f"The session of {session.user_email}{origin}{program}, last used {used}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _is_you(users: Iterable[User], myself: str) -> str:
    return " That is you!" if any(user.id == myself for user in users) else ""


# Deeds


def _revoke_key(key: ApiKey) -> Callable[[Client], Awaitable[Outcome]]:
    async def carry_out(client: Client) -> Outcome:
        await client.revoke_key(key.id)
        return Outcome(f"revoked {_key(key)}", (Event("key_revoked", {"id": key.id}),))

    return carry_out


def _revoke_keys(keys: Sequence[ApiKey]) -> Callable[[Client], Awaitable[Outcome]]:
    async def carry_out(client: Client) -> Outcome:
        revoked = await client.revoke_keys(tuple(key.id for key in keys))
        events = tuple(Event("key_revoked", {"id": key.id}) for key in keys)
        missing = len(keys) - revoked
        words = f"revoked {_count(revoked, 'API key')}"
        words += f"; {missing} had gone before" if missing else ""
        return Outcome(words, events)

    return carry_out


def _end_sessions(sessions: Sequence[Session]) -> Callable[[Client], Awaitable[Outcome]]:
    async def one(client: Client, session: Session) -> int:
        await client.end_session(session.id)
        return 1

    def ended(session: Session) -> Event:
        return Event("session_ended", {"id": session.id, "user_id": session.user_id})

    return _each(sessions, one, ended, ("ended", "session"))


def _force_logout(users: Sequence[User]) -> Callable[[Client], Awaitable[Outcome]]:
    async def one(client: Client, user: User) -> int:
        return await client.force_logout(user.id)

    return _each(users, one, _user_changed, ("ended", "session"))


def _disable(users: Sequence[User]) -> Callable[[Client], Awaitable[Outcome]]:
    async def one(client: Client, user: User) -> int:
        await client.change_user(user.id, disabled=True)
        return 1

    return _each(users, one, _user_changed, ("disabled", "user"))


def _enable(users: Sequence[User]) -> Callable[[Client], Awaitable[Outcome]]:
    async def one(client: Client, user: User) -> int:
        await client.change_user(user.id, disabled=False)
        return 1

    return _each(users, one, _user_changed, ("enabled", "user"))


def _each(
    rows: Sequence[R],
    one: Callable[[Client, R], Awaitable[int]],
    event: Callable[[R], Event],
    done: tuple[str, str],
) -> Callable[[Client], Awaitable[Outcome]]:
    """One after another: what the server refuses is told at the end, and stops none of the rest."""

    async def carry_out(client: Client) -> Outcome:
        count, events, refusals = 0, [], []
        for row in rows:
            try:
                count += await one(client, row)
            except Missing:
                pass
            except Refused as refused:
                refusals.append(refused.words)
                continue
            except Trouble as trouble:
                refusals.append(trouble.words)
                break
            events.append(event(row))
        if refusals and not events:
            raise Refused(refusals[0], status=0)
        words = f"{done[0]} {_count(count, done[1])}"
        words += f"; {len(rows) - len(events)} not: {refusals[0]}" if refusals else ""
        return Outcome(words, tuple(events), is_whole=not refusals)

    return carry_out


def _user_changed(user: User) -> Event:
    return Event("user_changed", {"id": user.id, "change": "updated"})
