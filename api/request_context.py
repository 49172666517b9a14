"""The time and the origin of a request, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The time and the origin of a request; `now` is the only clock that a verb reads."""

    now: datetime
    ip_address: str | None = None
    user_agent: str | None = None
    request_id: str | None = None
