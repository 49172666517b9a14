"""Owns the things that end or change somebody's access: what each does, in words, before it is done.

An operation says its consequence with names, times and addresses, and what must be typed where more than
one thing dies. Knows nothing of dialogs; it is carried out against a client.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui import relative_time
from tui.lists.api_keys import API_KEYS
from tui.lists.schemas import ApiKey, Identity, Session, User
from tui.operations import execution
from tui.operations.execution import CarryOut, counted

# As their owners write them; a provider of another name is called by it.
_PROVIDERS = {"github": "GitHub", "google": "Google"}


@dataclass(frozen=True, slots=True)
class Operation:
    """Something to be confirmed and then done. `typed` must be typed before it can be."""

    title: str
    consequence: str
    carry_out: CarryOut
    names: tuple[str, ...] = ()
    typed: str = ""


def revoke_keys(keys: Sequence[ApiKey], now: datetime, own_key: str) -> Operation:
    """End API keys; more than one asks for their number. `own_key` is what the dashboard shows."""
    is_own = own_key != "" and any(own_key.startswith(key.key_prefix.rstrip(".")) for key in keys)
    if len(keys) == 1:
        consequence = _of_one_key(keys[0], now)
        consequence += " This dashboard uses it!" if is_own else ""
        return Operation("Revoke this API key?", consequence, execution.revoke_key(keys[0]))
    return Operation(
        f"Revoke {len(keys)} API keys?",
        f"{len(keys)} API keys end; programs that use them stop now."
        + (" This dashboard uses one of them!" if is_own else ""),
        execution.revoke_keys(keys),
        tuple(f"{API_KEYS.label(key)}, {_used(key, now)}" for key in keys),
        typed=str(len(keys)),
    )


def end_sessions(sessions: Sequence[Session], now: datetime, myself: str) -> Operation:
    """End sessions; more than one asks for their number. `myself` has one here, or is empty."""
    is_mine = any(session.user_id == myself for session in sessions)
    lines = tuple(_session(session, now) for session in sessions)
    if len(sessions) == 1:
        consequence = f"{lines[0]}; it is signed out now."
        consequence += " You are this user: this dashboard may be signed out!" if is_mine else ""
        return Operation("End this session?", consequence, execution.end_sessions(sessions))
    return Operation(
        f"End {len(sessions)} sessions?",
        f"{len(sessions)} sessions are signed out now. API keys go on working."
        + (" Some are yours: this dashboard may be signed out!" if is_mine else ""),
        execution.end_sessions(sessions),
        lines,
        typed=str(len(sessions)),
    )


def force_logout(users: Sequence[User], myself: str) -> Operation:
    """End every session of users."""
    total = sum(user.session_count for user in users)
    if len(users) == 1:
        user = users[0]
        which = {0: "No session", 1: "The one session"}.get(total, f"All {total} sessions")
        consequence = f"{which} of {user.email} end{'s' * (total < 2)} now; "  # noqa: PLR2004
        goes = "goes" if user.api_key_count == 1 else "go"
        consequence += f"{counted(user.api_key_count, 'API key')} of theirs {goes} on working."
        typed = user.email if total > 1 else ""
        return Operation(
            f"Log {user.email} out everywhere?",
            consequence + _is_you(users, myself),
            execution.force_logout(users),
            typed=typed,
        )
    return Operation(
        f"Log {len(users)} users out everywhere?",
        f"{counted(total, 'session')} of {len(users)} users end now; API keys go on working."
        + _is_you(users, myself),
        execution.force_logout(users),
        tuple(f"{user.email}: {counted(user.session_count, 'session')}" for user in users),
        typed=str(len(users)),
    )


def disable(users: Sequence[User], myself: str) -> Operation:
    """Shut users out: sessions end, keys are refused."""
    lines = tuple(
        f"{user.email}: {counted(user.session_count, 'session')}, "
        f"{counted(user.api_key_count, 'API key')}"
        for user in users
    )
    is_more_than_one = sum(user.session_count + user.api_key_count for user in users) > 1
    if len(users) == 1:
        return Operation(
            f"Disable {users[0].email}?",
            f"{users[0].email} is shut out now: {counted(users[0].session_count, 'session')} and "
            f"{counted(users[0].api_key_count, 'API key')} stop working. Keys work again once the "
            "user is enabled; sessions do not come back." + _is_you(users, myself),
            execution.disable(users),
            typed=users[0].email if is_more_than_one else "",
        )
    return Operation(
        f"Disable {len(users)} users?",
        f"{len(users)} users are shut out now: their sessions end, their keys are refused."
        + _is_you(users, myself),
        execution.disable(users),
        lines,
        typed=str(len(users)),
    )


def enable(users: Sequence[User]) -> Operation:
    """Let users in again."""
    if len(users) == 1:
        title = f"Enable {users[0].email}?"
        keys = counted(users[0].api_key_count, "API key")
        works = "works" if users[0].api_key_count == 1 else "work"
        return Operation(
            title,
            f"{users[0].email} may sign in again, and {keys} {works} again now.",
            execution.enable(users),
        )
    return Operation(
        f"Enable {len(users)} users?",
        f"{len(users)} users may sign in again, and their API keys work again now.",
        execution.enable(users),
        tuple(user.email for user in users),
        typed=str(len(users)),
    )


def set_roles(user: User, roles: tuple[str, ...], myself: str) -> Operation:
    """Give a user other roles."""
    before, after = ", ".join(user.roles) or "none", ", ".join(roles) or "none"

    loses = "admin" in user.roles and "admin" not in roles
    gains = "admin" in roles and "admin" not in user.roles
    consequence = f"{user.email} has {before} and gets {after}, from the next request on."
    consequence += " They can do everything then, here too." if gains else ""
    consequence += " They can no longer see or do anything here." if loses else ""
    consequence += _is_you((user,), myself)
    return Operation(f"Set roles of {user.email}?", consequence, execution.set_roles(user, roles))


def unlink(user: User, identities: Sequence[Identity], myself: str) -> Operation:
    """Take a user's identities at one provider away; more than one asks for their number."""
    provider = identities[0].provider
    name = provider_name(provider)
    accounts = ", ".join(one.account for one in identities)
    count = len(identities)
    which = f"{name} identity {accounts}" if count == 1 else f"{count} {name} identities {accounts}"
    return Operation(
        f"Unlink {name} from {user.email}?",
        f"The {which} of {user.email} {'goes' if count == 1 else 'go'}; {user.email} can no longer "
        f"sign in with {name}. Sessions and API keys go on." + _is_you((user,), myself),
        execution.unlink(user, provider, name),
        typed=str(count) if count > 1 else "",
    )


def provider_name(provider: str) -> str:
    """A provider, as people call it."""
    return _PROVIDERS.get(provider, provider)


def _used(key: ApiKey, now: datetime) -> str:
    if key.last_used_at is None:
        return "never used"
    origin = f" from {key.last_used_ip}" if key.last_used_ip else ""
    return f"last used {relative_time.since(key.last_used_at, now)}{origin}"


def _of_one_key(key: ApiKey, now: datetime) -> str:
    return f"{API_KEYS.label(key)}, {_used(key, now)}; programs that use it stop now."


def _session(session: Session, now: datetime) -> str:
    origin = f" from {session.ip_address}" if session.ip_address else ""
    program = f" ({session.user_agent})" if session.user_agent else ""
    used = relative_time.since(session.last_used_at or session.created_at, now)
    return f"The session of {session.user_email}{origin}{program}, last used {used}"


def _is_you(users: Iterable[User], myself: str) -> str:
    return " That is you!" if any(user.id == myself for user in users) else ""
