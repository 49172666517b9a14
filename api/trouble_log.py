"""Logs trouble of the database once when it begins, not at every try.

`models/trouble.py` classifies the trouble.
"""

from __future__ import annotations

from time import monotonic

from structlog.typing import FilteringBoundLogger

from models.engines.trouble import Trouble
from models.trouble import trouble_of

# Seconds after which lasting trouble is logged again, so that the newest page of a log shows it.
AGAIN_SECONDS = 60.0


class TroubleLog:
    """The log lines of one activity; `words` say what it cannot do meanwhile."""

    def __init__(self, log: FilteringBoundLogger, words: str) -> None:
        self._log = log
        self._words = words
        self._said: dict[str, float] = {}

    def report(self, error: Exception) -> Trouble | None:
        """Logs an error, a bug in full and each time; returns the trouble if it is the database's."""
        trouble = trouble_of(error)
        if trouble is None:
            self._log.error(self._words, exc_info=error)
        elif self._is_due(trouble.code):
            self._log.warning(self._words, trouble=trouble.words)
        return trouble

    def end(self) -> None:
        """Notes a success: the next trouble is logged at once."""
        self._said.clear()

    def _is_due(self, code: str) -> bool:
        now = monotonic()
        is_due = now - self._said.get(code, -AGAIN_SECONDS) >= AGAIN_SECONDS
        if is_due:
            self._said[code] = now
        return is_due
