"""Rows with everything that a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from api.security.digests import digest
from models import ApiKey, RefreshToken, Rotation, User, database, new_id

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


async def rotation_to(token: str, generation: int = 1, *, after: timedelta = SECOND) -> Rotation:
    """A rotation that the database does if it comes to it within `after` and the next second."""
    clock = (await database.clock()).replace(microsecond=0)
    return Rotation(
        # Sent in this second, and done in this one or the next.
        token_hashes=(digest(token), digest(token)),
        second=clock + after - SECOND,
        generation=generation,
        lifetime=2 * DAY,
        latest_expiry=None,
        ip_address="192.0.2.7",
        user_agent="a browser",
    )
