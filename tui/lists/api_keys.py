"""The list of API keys: its columns, filters and words."""

from __future__ import annotations

from datetime import datetime

from tui import relative_time
from tui.lists.columns import Cell, Column, Tone
from tui.lists.filters import choice, days, person, text
from tui.lists.listing import Listing
from tui.lists.schemas import ApiKey
from tui.text import raw

_TONES: dict[str, Tone] = {"live": "good", "expired": "bad"}
_WORDS = {"never_used": "never used", "stale": "unused"}

STATUSES = ("live", "expired", "never_used", "stale")


def status_words(status: str) -> str:
    """The words for a status of the API."""
    return _WORDS.get(status, status)


def _status(key: ApiKey, _: datetime) -> Cell:
    return Cell(status_words(key.status), _TONES.get(key.status, "warning"))


API_KEYS = Listing(
    name="api-keys",
    title="API keys",
    path="/v1/admin/api-keys",
    row=ApiKey,
    columns=(
        Column("Name", lambda key, _: Cell(key.name), 15, 32, 0, "name"),
        Column("Owner", lambda key, _: Cell(key.user_email), 18, 34, 2, is_owner=True),
        Column("Prefix", lambda key, _: Cell(key.key_prefix, "dim"), 15, 15, 5),
        Column("Status", _status, 10, 10, 3, is_status=True),
        Column(
            "Last used",
            lambda key, now: Cell(relative_time.since(key.last_used_at, now)),
            11,
            13,
            1,
            "last_used_at",
            is_time=True,
        ),
        Column("From", lambda key, _: Cell(key.last_used_ip or ""), 13, 39, 4),
        Column(
            "Expires",
            lambda key, now: Cell(relative_time.until(key.expires_at, now), "dim"),
            10,
            11,
            6,
            "expires_at",
            is_time=True,
        ),
        Column(
            "Created",
            lambda key, now: Cell(
                relative_time.since(key.created_at, now, never=relative_time.UNKNOWN), "dim"
            ),
            10,
            11,
            7,
            "created_at",
            is_time=True,
        ),
    ),
    sort="-last_used_at",
    label=lambda key: f"{key.name} of {key.user_email}",
    second=("prefix", lambda key: raw(key.key_prefix).rstrip(".")),
    empty="No API keys here.",
    words={
        "status": choice("status", *STATUSES, unused="stale", never="never_used"),
        "unused": days("stale_days", status="stale"),
        "owner": text("owner", "ann@"),
        "user": person("user_id"),
    },
)
