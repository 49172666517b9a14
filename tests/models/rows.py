"""Rows with everything that a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api.security.digests import digest
from models import ApiKey, RefreshToken, Rotation, User, new_id

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


async def add_user(email: str = "ann@example.com", **columns: Any) -> User:
    return await User.add(
        **{"email": email, "name": "Ann", "roles": ["user"], "now": NOW, **columns}
    )


async def add_key(user: User, key: str = "evr_one", **columns: Any) -> ApiKey:
    defaults = {
        "name": key,
        "key_hash": digest(key),
        "key_prefix": f"{key[:12]}...",
        "scopes": ["*"],
        "now": NOW,
    }
    return await ApiKey.add(user_id=user.id, **{**defaults, **columns})


async def add_session(user: User, token: str = "one", **columns: Any) -> RefreshToken:
    defaults = {
        "session_id": new_id(),
        "token_hash": digest(token),
        "seed": digest("seed"),
        "expires_at": NOW + DAY,
        "now": NOW,
    }
    return await RefreshToken.add(user_id=user.id, **{**defaults, **columns})


def rotation_to(token: str, generation: int = 1) -> Rotation:
    return Rotation(
        token_hash=digest(token),
        generation=generation,
        rotated_at=NOW + SECOND,
        expires_at=NOW + 2 * DAY,
        ip_address="192.0.2.7",
        user_agent="a browser",
    )
