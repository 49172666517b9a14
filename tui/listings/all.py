"""Every list, by the name that `--once` and the exports call it."""

from __future__ import annotations

from typing import Any

from tui.listings.api_keys import API_KEYS
from tui.listings.audit import AUDIT
from tui.listings.listing import Listing
from tui.listings.sessions import SESSIONS
from tui.listings.users import USERS

LISTINGS: dict[str, Listing[Any]] = {
    listing.name: listing for listing in (USERS, API_KEYS, SESSIONS, AUDIT)
}
