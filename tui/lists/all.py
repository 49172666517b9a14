"""Every list, by the name that `--once` and the exports call it."""

from __future__ import annotations

from typing import Any

from tui.lists.api_keys import API_KEYS
from tui.lists.audit import AUDIT
from tui.lists.listing import Listing
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS

LISTINGS: dict[str, Listing[Any]] = {
    listing.name: listing for listing in (USERS, API_KEYS, SESSIONS, AUDIT)
}
