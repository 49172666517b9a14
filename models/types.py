"""Owns the identifiers of rows."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

ANONYMOUS_ID = UUID("00000000-0000-0000-0000-000000000001")


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): its order is the order of creation."""
    return uuid7()
