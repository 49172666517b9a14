"""Whether the database accepts writes of this worker, and since when not; for `/ready`.

A database that refuses writes still answers checks, so nothing else depends on this.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import monotonic

import structlog

from api.silences import Silences
from api.trouble_log import TroubleLog
from models import database
from models.engines.trouble import Kind, Trouble
from models.engines.write_probe import WriteProbe

# Seconds between two probes.
PROBE_SECONDS = 1.0
# Seconds of refusals before `/ready` says so: a short lock or a failover takes no node out.
PATIENCE_SECONDS = 5.0
# Seconds for which a refusal counts that a request met and the probe did not: the probe misses a
# revoked right or a disk that is nearly full.
NOTED_SECONDS = 10.0

_REFUSALS: frozenset[Kind] = frozenset({"read-only", "full", "locked"})

log = structlog.get_logger("everruns_auth.writability")


class Writability:
    """Combines a probe once a second with the refusals that requests meet.

    `clock` gives monotonic seconds.
    """

    def __init__(
        self, probe: WriteProbe, silences: Silences, *, clock: Callable[[], float] = monotonic
    ) -> None:
        self._probe = probe
        self._silences = silences
        self._clock = clock
        self._kind: Kind | None = None
        self._since = self._noted_at = 0.0
        self._is_seen_by_probe = False

    def refused(self) -> Kind | None:
        """The kind of refusal that has lasted PATIENCE_SECONDS; None while writes are accepted."""
        is_long = self._clock() - self._since > PATIENCE_SECONDS
        return self._kind if is_long else None

    def note(self, trouble: Trouble) -> None:
        """Notes trouble that a write met; its log line is written already."""
        if trouble.kind not in _REFUSALS:
            return
        self._noted_at = self._clock()
        if self._kind is None:
            self._since = self._noted_at
        self._kind = trouble.kind

    async def run(self) -> None:
        """Probes once a second until cancelled."""
        troubles = TroubleLog(log, "whether the database takes writes is not known")
        try:
            while True:
                await asyncio.sleep(PROBE_SECONDS)
                try:
                    await self._look()
                except Exception as error:  # noqa: BLE001
                    # The database does not answer at all, or it is a bug, which must not end the loop.
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
        """Notes the result of a probe; None for an accepted write."""
        if trouble is not None:
            if self._kind is None and trouble.kind in _REFUSALS:
                log.error("the database refuses writes", trouble=trouble.words)
            self.note(trouble)
            self._is_seen_by_probe = self._kind is not None
        elif self._kind is not None and (
            self._is_seen_by_probe or self._clock() - self._noted_at > NOTED_SECONDS
        ):
            self._kind, self._is_seen_by_probe = None, False
            log.info("the database takes writes again")
