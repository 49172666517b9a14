"""The facts that are shown of a user, a key, a session and an audit event.

Knows nothing of widgets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from tui import relative_time
from tui.lists.api_keys import status_words
from tui.lists.audit import who
from tui.lists.columns import Cell
from tui.lists.schemas import ApiKey, AuditEvent, Identity, Session, User
from tui.text import plain

Fact = tuple[str, Cell]


def user(row: User, now: datetime, identities: Sequence[Identity] = ()) -> list[Fact]:
    """An account."""
    state = Cell(f"disabled {relative_time.since(row.disabled_at, now)}", "bad")
    others = ", ".join(f"{one.provider} ({one.account})" for one in identities)
    verified = Cell("verified", "good") if row.email_verified else Cell("not verified", "dim")
    return [
        ("E-mail", Cell(row.email, "strong")),
        ("Name", Cell(row.name)),
        ("Roles", Cell(", ".join(row.roles) or "none")),
        ("State", state if row.is_disabled else Cell("enabled", "good")),
        ("Signs in by", Cell(others or row.auth_provider)),
        ("Address", verified),
        ("Created", _on(row.created_at, now, never=relative_time.UNKNOWN)),
        ("Last active", _on(row.last_active_at, now)),
        ("Sessions", Cell(str(row.session_count))),
        ("API keys", Cell(str(row.api_key_count))),
        ("Id", Cell(row.id, "dim")),
    ]


def api_key(row: ApiKey, now: datetime) -> list[Fact]:
    """A key."""
    tone = "good" if row.status == "live" else "warning"
    return [
        ("Name", Cell(row.name, "strong")),
        ("Owner", Cell(row.user_email)),
        ("Prefix", Cell(row.key_prefix)),
        ("Status", Cell(status_words(row.status), tone)),  # type: ignore[arg-type]
        ("Last used", _at(row.last_used_at, now)),
        ("From", Cell(row.last_used_ip or "nowhere yet")),
        ("Scopes", Cell(" ".join(row.scopes))),
        ("Expires", _end(row.expires_at, now)),
        ("Created", _at(row.created_at, now, never=relative_time.UNKNOWN)),
        ("Id", Cell(row.id, "dim")),
    ]


def session(row: Session, now: datetime) -> list[Fact]:
    """A sign-in."""
    return [
        ("User", Cell(row.user_email, "strong")),
        ("From", Cell(row.ip_address or "unknown")),
        ("Program", Cell(row.user_agent or "unknown")),
        ("Last used", _at(row.last_used_at, now)),
        ("Created", _at(row.created_at, now, never=relative_time.UNKNOWN)),
        ("Expires", _end(row.expires_at, now, never=relative_time.UNKNOWN)),
        ("Id", Cell(row.id, "dim")),
    ]


def audit_event(row: AuditEvent, now: datetime) -> list[Fact]:
    """A line of the audit trail, with all that was written down."""
    tone = "good" if row.outcome == "success" else "bad"
    facts = [
        ("Action", Cell(row.action, "strong")),
        ("Outcome", Cell(row.outcome, tone)),  # type: ignore[arg-type]
        ("When", _at(row.at, now, never=relative_time.UNKNOWN)),
        ("By", Cell(who(row.actor_email, row.actor_id) or "nobody")),
        ("About", Cell(who(row.user_email, row.user_id) or "nobody")),
        ("From", Cell(row.ip_address or "unknown")),
        ("Program", Cell(row.user_agent or "unknown")),
        ("Request", Cell(row.request_id or "none", "dim")),
        ("Id", Cell(row.id, "dim")),
    ]
    facts += [(plain(name)[:11], Cell(_shown(value))) for name, value in (row.detail or {}).items()]
    return facts


def _shown(value: object) -> str:
    return plain(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _at(then: datetime | None, now: datetime, *, never: str = "never") -> Cell:
    if then is None:
        return Cell(never, "dim")
    return Cell(f"{relative_time.since(then, now)}, {relative_time.exact(then)}")


def _on(then: datetime | None, now: datetime, *, never: str = "never") -> Cell:
    """A time where there is little room."""
    if then is None:
        return Cell(never, "dim")
    return Cell(f"{relative_time.since(then, now)} ({then:%Y-%m-%d})")


def _end(then: datetime | None, now: datetime, *, never: str = "never") -> Cell:
    if then is None:
        return Cell(never, "dim")
    tone = "" if then > now else "bad"
    return Cell(f"{relative_time.until(then, now)}, {relative_time.exact(then)}", tone)  # type: ignore[arg-type]
