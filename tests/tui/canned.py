"""A server whose answers never change, and a clock that stands still: for pictures of the layout.

That real answers have these shapes is held by test_schemas.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tui.app import Dashboard
from tui.http.client import Client, connection
from tui.session.session import Surroundings
from tui.session.target import Target

Answer = Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ID = "01a21089-a2ef-731f-8395-{:012}"

PEOPLE = (
    ("ann@example.com", "Ann Becker", ["user"]),
    ("bob@a-very-long-department-name.example.org", "Bob O'Neil", ["user", "billing"]),
    ("xiaoming@example.com", "王小明", ["user"]),
    ("mallory@example.com", "[bold red]Mallory[/]", ["user"]),
    ("zoe@example.com", "Zoë Ångström who has a name that is longer than any column", ["admin"]),
)
KEYS = (
    ("ci-deploy", 0, "live", 4, 30),
    ("nightly backup of everything there is", 1, "live", 3_700, None),
    ("监控脚本", 2, "never_used", None, 365),
    ("old laptop", 3, "stale", 200 * 86_400, 10),
    ("contractor", 4, "expired", 9 * 86_400, -3),
)


def before(seconds: float | None) -> str | None:
    return None if seconds is None else (NOW - timedelta(seconds=seconds)).isoformat()


def users() -> list[dict[str, Any]]:
    return [
        {
            "id": ID.format(number),
            "email": email,
            "name": name,
            "avatar_url": None,
            "roles": roles,
            "email_verified": number != 3,
            "auth_provider": "google" if number == 2 else "local",
            "disabled_at": before(7_200) if number == 3 else None,
            "created_at": before(86_400 * (number + 1)),
            "last_active_at": before(60.0 * number) if number else None,
            "session_count": number,
            "api_key_count": 1,
        }
        for number, (email, name, roles) in enumerate(PEOPLE)
    ]


def keys() -> list[dict[str, Any]]:
    return [
        {
            "id": ID.format(100 + number),
            "user_id": ID.format(owner),
            "user_email": PEOPLE[owner][0],
            "name": name,
            "key_prefix": f"evr_{number}a2b3c4d...",
            "scopes": ["*"] if number else ["deploy", "admin:read"],
            "status": status,
            "expires_at": None if days is None else before(-86_400 * days),
            "last_used_at": before(used),
            "last_used_ip": None
            if used is None
            else ("10.0.0.7", "2001:db8::8a2e:370:7334")[number % 2],
            "created_at": before(86_400 * 100),
        }
        for number, (name, owner, status, used, days) in enumerate(KEYS)
    ]


def sessions() -> list[dict[str, Any]]:
    return [
        {
            "id": ID.format(200 + number),
            "user_id": ID.format(number),
            "user_email": email,
            "created_at": before(3_600 * (number + 1)),
            "last_used_at": before(61 * number),
            "expires_at": before(-86_400 * 29),
            "ip_address": "10.0.0.7",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        }
        for number, (email, _, _) in enumerate(PEOPLE)
    ]


def events() -> list[dict[str, Any]]:
    actions = ("auth.login", "auth.api_key.created", "auth.refresh.reuse_detected")
    return [
        {
            "id": ID.format(300 + number),
            "at": before(90 * number),
            "action": action,
            "outcome": "failure" if number == 2 else "success",
            "actor_id": ID.format(number),
            "actor_email": PEOPLE[number][0],
            "user_id": ID.format(number),
            "user_email": None if number == 1 else PEOPLE[number][0],
            "ip_address": "10.0.0.7",
            "user_agent": "curl/8.5.0",
            "request_id": "da207908096a4cbeac3949169dc88f0d",
            "detail": {"reason": "wrong password", "name": "[red]ci[/]"},
        }
        for number, action in enumerate(actions)
    ]


OVERVIEW = {
    "counted_at": before(20),
    "mode": "full",
    "version": "0.3.0",
    "engine": "postgresql",
    "migrations": {"applied": 4, "pending": 1},
    "users": {"total": 1_048_576, "disabled": 12, "operators": 3, "new_24h": 210},
    "sessions": {"live": 20_480},
    "api_keys": {
        "live": 2_097_152,
        "expired": 40,
        "never_used": 1_300,
        "stale": 200,
        "used_1m": 90,
        "used_1h": 4_000,
        "used_24h": 90_000,
    },
    "sign_ins": [
        {
            "minute": before(60 * (59 - minute)),
            "success": (minute * 7) % 23,
            "failure": 9 if minute in (20, 21) else minute % 2,
        }
        for minute in range(60)
    ],
}

# So many times the same rows: more than fill a screen, and an end.
PAGES = 200
LISTS = {
    "/v1/admin/users": users,
    "/v1/admin/api-keys": keys,
    "/v1/admin/sessions": sessions,
    "/v1/admin/audit-events": events,
}
SINGLES: dict[str, Any] = {
    "/v1/auth/config": {"mode": "full", "password_auth_enabled": True},
    "/v1/auth/me": {
        "id": ID.format(4),
        "email": "zoe@example.com",
        "name": "Zoë",
        "roles": ["admin"],
    },
    "/v1/admin/overview": OVERVIEW,
}


class Silence(httpx.AsyncByteStream):
    """A stream of events on which nothing happens."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b": hello\n\n"
        await asyncio.Event().wait()


async def answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path.removeprefix("/api")
    if path == "/v1/admin/stream":
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Silence())
    if path in SINGLES:
        return httpx.Response(200, json=SINGLES[path])
    if path in LISTS:
        number = int(request.url.params.get("cursor", 0))
        return httpx.Response(
            200,
            json={
                "data": LISTS[path](),
                "next_cursor": f"{number + 1}" if number < PAGES else None,
                "previous_cursor": None,
            },
        )
    of_list, _, row_id = path.rpartition("/")
    if row_id == "identities":
        return httpx.Response(200, json={"data": [], "next_cursor": None, "previous_cursor": None})
    return httpx.Response(200, json=next(row for row in LISTS[of_list]() if row["id"] == row_id))


class Still(Dashboard):
    """The dashboard at one moment."""

    def now(self) -> datetime:
        return NOW


def still(folder: Path, answer: Answer = answer, **differences: Any) -> Still:
    """The dashboard on the canned server, or on one that answers otherwise."""
    transport = httpx.MockTransport(answer)
    target = Target(**{"url": "https://auth.example.com/api", "api_key": "evr_0", **differences})
    surroundings = Surroundings(
        connect=lambda url: Client(connection(url, transport)),
        tokens=folder / "tokens",
        preferences=folder / "dashboard.json",
        exports=Path("/home/zoe"),
    )
    return Still(target, surroundings)
