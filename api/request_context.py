"""Owns the value that says when and from where something is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RequestContext:
    """When and from where; `now` is the only clock a verb reads."""

    now: datetime
    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
