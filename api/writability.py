"""Owns whether the database of this worker takes writes, and since when not; for `/ready`.

A database that only refuses writes still answers checks, so nothing else depends on it.
"""

from __future__ import annotations

import asyncio
from time import monotonic

import structlog

from api.silences import Silences
from api.trouble_log import TroubleLog
from models import database
from models.engines.write_probe import WriteProbe
from models.trouble import Kind, Trouble

PROBE_SECONDS = 1.0
# A moment's lock, or a failover that goes well, is no reason to take a node out.
PATIENCE_SECONDS = 5.0
# The probe does not see every refusal: a right that was taken, a disk that is nearly full. One
# that only a request met counts for this long.
NOTED_SECONDS = 10.0

_REFUSALS: frozenset[Kind] = frozenset({"read-only", "full", "locked"})

log = structlog.get_logger("everruns_auth.writability")


class Writability:
    """Told by a probe once a second, and by requests whose writes were refused."""

    def __init__(self, probe: WriteProbe, silences: Silences) -> None:
        self._probe = probe
        self._silences = silences
        self._kind: Kind | None = None
        self._since = self._noted_at = 0.0
        self._is_seen_by_probe = False

    def refused(self) -> Kind | None:
        """Why writes have been refused for some seconds; None where they have not."""
        is_long = monotonic() - self._since > PATIENCE_SECONDS
        return self._kind if is_long else None

    def note(self, trouble: Trouble) -> None:
        """A write met this, which is logged already."""
        if trouble.kind not in _REFUSALS:
            return
        self._noted_at = monotonic()
        if self._kind is None:
            self._since = self._noted_at
        self._kind = trouble.kind

    async def run(self) -> None:
        """Ask the probe until cancelled."""
        troubles = TroubleLog(log, "whether the database takes writes is not known")
        try:
            while True:
                await asyncio.sleep(PROBE_SECONDS)
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001
                    # It does not even answer; or a bug, that must not end this.
                    troubles.report(error)
                else:
                    troubles.end()
        finally:
            self._probe.close()

    async def _look(self) -> None:
        trouble = await self._probe.look()
        if trouble is None or trouble.kind == "read-only":
            self._silences.heard(await database.clock())
        self.take(trouble)

    def take(self, trouble: Trouble | None) -> None:
        """What the probe saw."""
        if trouble is not None:
            if self._kind is None and trouble.kind in _REFUSALS:
                log.error("the database refuses writes", trouble=trouble.words)
            self.note(trouble)
            self._is_seen_by_probe = self._kind is not None
        elif self._kind is not None and (
            self._is_seen_by_probe or monotonic() - self._noted_at > NOTED_SECONDS
        ):
            self._kind, self._is_seen_by_probe = None, False
            log.info("the database takes writes again")
