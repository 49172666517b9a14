"""The last use of API keys: noted in memory, written once a second in one statement."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import structlog

from api.authentication import flush_schedule
from api.trouble_log import TroubleLog
from models import ApiKey

log = structlog.get_logger("everruns_auth.usage")


class LastUsed:
    """The uses that are not written yet: key id to newest time and address."""

    def __init__(self) -> None:
        self._noted: dict[UUID, tuple[float, str | None]] = {}

    def note(self, key_id: UUID, at: float, ip_address: str | None) -> None:
        """Notes a use, unless a newer one is noted already.

        `at` is in seconds since the epoch and no datetime: every checked request calls this, and
        most of the times are never written.
        """
        known = self._noted.get(key_id)
        if known is None or known[0] < at:
            self._noted[key_id] = (at, ip_address)

    async def flush(self) -> None:
        """Writes the noted uses; those that cannot be written stay for the next time."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        # In the order of the ids, so that two nodes lock the same rows in the same order.
        uses = [
            (key_id, datetime.fromtimestamp(at, UTC), ip)
            for key_id, (at, ip) in sorted(noted.items())
        ]
        try:
            await ApiKey.note_uses(uses)
        except BaseException:
            # Uses noted meanwhile are newer than those that are put back.
            self._noted = {**noted, **self._noted}
            raise

    async def run(self) -> None:
        """Writes once a second until cancelled; a crash loses the last second at most."""
        troubles = TroubleLog(log, "last_used_at is kept for later")
        while True:
            await asyncio.sleep(flush_schedule.until_next_flush())
            try:
                await self.flush()
            except Exception as error:  # noqa: BLE001
                # Bugs too, because a task that ends here would write nothing until a restart.
                troubles.report(error)
            else:
                troubles.end()
