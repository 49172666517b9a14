"""Owns what is remembered of credentials: which principal a digest stands for, and until when.

It knows no database and no clock. Only credentials that were verified come in here, so a flood of
wrong ones neither fills it nor pushes anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from api.authentication.principal import Principal

# More names than this are cheaper to forget with everything else.
MAX_CHANGED = 10_000


@dataclass(slots=True)
class CachedCredential:
    """A principal and what its answers are made of.

    `expires_at` is in seconds since the epoch. `mark` is the memory's mark from before the
    database was asked. `verify` and `me` are for the edge, which keeps there what it would otherwise
    encode every time.
    """

    principal: Principal
    expires_at: float
    mark: int
    verify: bytes | None = field(default=None, repr=False)
    me: bytes | None = field(default=None, repr=False)


class CredentialCache:
    """The `size` credentials that were used last.

    A plain dictionary keeps the order of use, since what is used is put in anew at its end. It is
    half as large as an OrderedDict; finding its first entry takes longer, but only where one has
    to go, beside a question to the database.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: dict[bytes, CachedCredential] = {}
        self._mark = 0
        # What changed, and at which mark: an entry from before is void, whenever it came in.
        self._changed: dict[int, int] = {}
        self._void_before = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def mark(self) -> int:
        """A number that grows with every change; to be taken before the database is asked."""
        return self._mark

    def recall(self, digest: bytes, now: float) -> CachedCredential | None:
        """What is remembered of a credential and still true."""
        entry = self._entries.pop(digest, None)
        if entry is None or entry.expires_at <= now or self._is_void(entry):
            return None
        self._entries[digest] = entry
        return entry

    def remember(self, digest: bytes, entry: CachedCredential) -> None:
        """Keep an entry, unless what it says changed since its mark."""
        if self._size == 0 or self._is_void(entry):
            return
        self._entries.pop(digest, None)
        if len(self._entries) >= self._size:
            del self._entries[next(iter(self._entries))]
        self._entries[digest] = entry

    def forget(self, what: str) -> None:
        """Void what was read before now: of one user, session or key, or everything."""
        self._mark += 1
        ident = _ident(what)
        if ident is None or len(self._changed) >= MAX_CHANGED:
            self._entries.clear()
            self._changed.clear()
            self._void_before = self._mark
        else:
            self._changed[ident] = self._mark

    def _is_void(self, entry: CachedCredential) -> bool:
        if entry.mark < self._void_before:
            return True
        if not self._changed:
            return False
        principal, mark = entry.principal, entry.mark
        proof = principal.session_id or principal.key_id
        return self._changed.get(principal.user_id.int, 0) > mark or (
            proof is not None and self._changed.get(proof.int, 0) > mark
        )


def _ident(what: str) -> int | None:
    """The id that `user:ID` and the like name, as a number; None for everything else."""
    try:
        return UUID(what.partition(":")[2]).int
    except ValueError:
        return None
