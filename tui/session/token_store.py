"""The file in which the tokens of a sign-in are kept, if that was asked for.

Knows nothing of how they are renewed. Kept tokens belong to one URL and are shown to no other.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import AsyncFileLock, Timeout
from pydantic import BaseModel, ConfigDict

from tui.http.auth import Tokens
from tui.http.errors import NotKept
from tui.session.private_files import (
    FOLDER_OWNER_ONLY,
    OWNER_ONLY,
    TooOpen,
    read_private,
    write_private,
)

# One renewal is at most one request of 30 s. Longer holds a dashboard that was suspended meanwhile.
LOCK_SECONDS = 40.0


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
        """The tokens for this URL; None where there are none that can be used.

        Raises:
            NotKept: somebody else may read the file, or it cannot be read.
        """
        with _as_trouble():
            try:
                kept = _Kept.model_validate_json(read_private(self.file))
            except (FileNotFoundError, ValueError):
                return None
        if kept.url != self.url:
            return None
        return Tokens(kept.access_token, kept.refresh_token, kept.renew_at, kept.user_id)

    def keep(self, tokens: Tokens) -> None:
        """Write the tokens down for the owner alone.

        Raises:
            NotKept: the file cannot be written.
        """
        kept = _Kept(
            url=self.url,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token,
            renew_at=tokens.renew_at,
            user_id=tokens.user_id,
        )
        with _as_trouble():
            write_private(self.file, kept.model_dump_json())

    def forget(self) -> bool:
        """Remove the tokens; tells whether there were any.

        Raises:
            NotKept: the file cannot be removed.
        """
        with _as_trouble():
            was_kept = self.file.exists()
            self.file.unlink(missing_ok=True)
        return was_kept

    @asynccontextmanager
    async def renewing(self) -> AsyncIterator[None]:
        """One renewal at a time among all processes of this machine: inside the block it is ours.

        Raises:
            NotKept: the lock cannot be made, or another process holds it for `LOCK_SECONDS`.
        """
        lock = AsyncFileLock(self.file.with_suffix(".lock"), timeout=LOCK_SECONDS, mode=OWNER_ONLY)
        with _as_trouble():
            self.folder.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
            await lock.acquire()
        try:
            yield
        finally:
            await lock.release()


@contextmanager
def _as_trouble() -> Iterator[None]:
    """Inside the block an error of the file is a `NotKept`."""
    try:
        yield
    except Timeout:
        words = (
            f"another dashboard has been renewing it for {LOCK_SECONDS:.0f} s; is one suspended?"
        )
        raise NotKept(f"the kept sign-in cannot be used: {words}") from None
    except (OSError, TooOpen) as wrong:
        raise NotKept.because(wrong) from None
