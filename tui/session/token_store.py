"""Owns the tokens of a sign-in: while they are good, and where they are kept if that was asked for.

Knows nothing of how they are renewed. Kept tokens belong to one URL and are shown to no other.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tui.lists.schemas import TokenBody
from tui.session.private_files import FOLDER_OWNER_ONLY, OWNER_ONLY, read_private, write_private

# An access token is renewed this long before its end, or in the last quarter of a shorter life.
RENEW_SECONDS_BEFORE_END = 30.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens; `renew_at` is in seconds since the epoch, `user_id` whose they are."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    renew_at: float
    user_id: str = ""

    @classmethod
    def of(cls, body: TokenBody, now: float, user_id: str = "") -> Tokens:
        margin = min(RENEW_SECONDS_BEFORE_END, body.expires_in / 4)
        renew_at = now + body.expires_in - margin
        return cls(body.access_token, body.refresh_token, renew_at, user_id)

    def is_due(self, now: float) -> bool:
        """Whether the access token should be renewed before it is used again."""
        return now >= self.renew_at


class _Kept(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    url: str
    access_token: str
    refresh_token: str
    renew_at: float
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The file of one context's tokens; several dashboards may share it."""

    folder: Path
    url: str
    context: str | None = None

    @property
    def file(self) -> Path:
        """One for each context and URL: a context that moves does not take its tokens along."""
        about = f"{self.context or ''}\n{self.url}".encode()
        return self.folder / f"{hashlib.sha256(about).hexdigest()[:24]}.json"

    def kept(self) -> Tokens | None:
        """What is kept for this URL, if anything that can be used is.

        Raises:
            TooOpen: somebody else may read it.
            OSError: it cannot be read.
        """
        try:
            kept = _Kept.model_validate_json(read_private(self.file))
        except (FileNotFoundError, ValueError):
            return None
        if kept.url != self.url:
            return None
        return Tokens(kept.access_token, kept.refresh_token, kept.renew_at, kept.user_id)

    def keep(self, tokens: Tokens) -> None:
        """Write the tokens down for the owner alone; raises OSError."""
        kept = _Kept(
            url=self.url,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            renew_at=tokens.renew_at,
            user_id=tokens.user_id,
        )
        write_private(self.file, kept.model_dump_json())

    def forget(self) -> bool:
        """Remove what is kept; tells whether anything was.

        The file of the lock stays: another process may hold it, and whoever made it anew would hold
        another.
        """
        was_kept = self.file.exists()
        self.file.unlink(missing_ok=True)
        return was_kept

    @contextmanager
    def renewing(self) -> Iterator[None]:
        """One renewal at a time among all processes: a refresh token used twice ends its session.

        Blocks; call it from a thread.
        """
        self.folder.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
        handle = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, OWNER_ONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @property
    def _lock_file(self) -> Path:
        return self.file.with_suffix(".lock")


def now() -> float:
    """The wall clock: kept tokens outlive the process."""
    return time.time()
