"""The value of a rotation: the columns of a session that one refresh writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """The columns that one rotation writes at the moment that the database gives it.

    The bytes of a token follow from the whole second of that moment: `token_hashes` are the
    digests for `second`, a whole one, and for the next. Digests, never tokens.
    """

    token_hashes: tuple[str, str] = field(repr=False)
    second: datetime
    generation: int
    lifetime: timedelta
    latest_expiry: datetime | None
    ip_address: str | None
    user_agent: str | None

    @property
    def seconds(self) -> tuple[datetime, datetime, datetime]:
        """The beginnings of the first second and of the next one, and the end of that."""
        return self.second, self.second + SECOND, self.second + 2 * SECOND
