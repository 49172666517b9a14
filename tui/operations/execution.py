"""Owns how operations are carried out against the server, and what came of them.

Asks nobody: whether an operation may be done was asked before. What the server refuses is told in its words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tui.http.client import BULK, Client
from tui.http.errors import Missing, NotSignedIn, Refused, Trouble
from tui.http.feed import Event
from tui.lists.api_keys import API_KEYS
from tui.lists.schemas import ApiKey, Row, Session, User

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an operation: words for people, and events for the lists to show at once.

    Where only a part was done, `trouble` is what the rest met.
    """

    words: str
    events: tuple[Event, ...] = ()
    trouble: Trouble | None = None


CarryOut = Callable[[Client], Awaitable[Outcome]]


def counted(number: int, what: str) -> str:
    """A number with its noun: `1 session`, `2 sessions`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def revoke_key(key: ApiKey) -> CarryOut:
    async def carry_out(client: Client) -> Outcome:
        await client.revoke_key(key.id)
        return Outcome(f"revoked {API_KEYS.label(key)}", (Event("key_revoked", {"id": key.id}),))

    return carry_out


def revoke_keys(keys: Sequence[ApiKey]) -> CarryOut:
    async def carry_out(client: Client) -> Outcome:
        revoked, asked = 0, 0
        trouble: Trouble | None = None
        while asked < len(keys) and trouble is None:
            batch = keys[asked : asked + BULK]
            try:
                revoked += await client.revoke_keys(tuple(key.id for key in batch))
            except Trouble as met:
                if not asked:
                    raise
                trouble = met
            else:
                asked += len(batch)
        words = f"revoked {counted(revoked, 'API key')}"
        words += f"; {asked - revoked} had gone before" if asked > revoked else ""
        words += _left(len(keys) - asked, trouble)
        events = tuple(Event("key_revoked", {"id": key.id}) for key in keys[:asked])
        return Outcome(words, events, trouble)

    return carry_out


def end_sessions(sessions: Sequence[Session]) -> CarryOut:
    async def one(client: Client, session: Session) -> int:
        await client.end_session(session.id)
        return 1

    def ended(session: Session) -> Event:
        return Event("session_ended", {"id": session.id, "user_id": session.user_id})

    return _each(sessions, one, ended, ("ended", "session"))


def force_logout(users: Sequence[User]) -> CarryOut:
    async def one(client: Client, user: User) -> int:
        return await client.force_logout(user.id)

    return _each(users, one, user_changed, ("ended", "session"))


def disable(users: Sequence[User]) -> CarryOut:
    async def one(client: Client, user: User) -> int:
        await client.change_user(user.id, disabled=True)
        return 1

    return _each(users, one, user_changed, ("disabled", "user"))


def enable(users: Sequence[User]) -> CarryOut:
    async def one(client: Client, user: User) -> int:
        await client.change_user(user.id, disabled=False)
        return 1

    return _each(users, one, user_changed, ("enabled", "user"))


def unlink(user: User, provider: str, name: str) -> CarryOut:
    async def carry_out(client: Client) -> Outcome:
        await client.unlink(user.id, provider)
        return Outcome(f"unlinked {name} from {user.email}", (user_changed(user),))

    return carry_out


def set_roles(user: User, roles: tuple[str, ...]) -> CarryOut:
    async def carry_out(client: Client) -> Outcome:
        changed = await client.change_user(user.id, roles=list(roles))
        words = f"{changed.email} has the roles: {', '.join(changed.roles) or 'none'}"
        return Outcome(words, (user_changed(user),))

    return carry_out


def _each(
    rows: Sequence[R],
    one: Callable[[Client, R], Awaitable[int]],
    event: Callable[[R], Event],
    done: tuple[str, str],
) -> CarryOut:
    """One after another: what the server refuses is told at the end, and stops none of the rest.

    A server that is away, or a sign-in that is over, does.
    """

    async def carry_out(client: Client) -> Outcome:
        count, events = 0, []
        trouble: Trouble | None = None
        for row in rows:
            try:
                count += await one(client, row)
            except Missing:
                pass
            except Trouble as met:
                if _ends_all(met):
                    trouble = met
                    break
                trouble = trouble or met
                continue
            events.append(event(row))
        if trouble is not None and not events:
            raise trouble
        words = f"{done[0]} {counted(count, done[1])}" + _left(len(rows) - len(events), trouble)
        return Outcome(words, tuple(events), trouble)

    return carry_out


def _ends_all(trouble: Trouble) -> bool:
    """Whether the next row would meet the same: only what the server says of one row is of that row."""
    return not isinstance(trouble, Refused) or isinstance(trouble, NotSignedIn)


def _left(count: int, trouble: Trouble | None) -> str:
    return f"; {count} not: {trouble.words}" if trouble is not None else ""


def user_changed(user: User) -> Event:
    """What the feed will tell of it, told already."""
    return Event("user_changed", {"id": user.id, "change": "updated"})
