"""The cache of credentials: the principal that a digest stands for, and its expiry.

The module knows no database and no clock. Only verified credentials are stored, so a flood of wrong
ones neither fills the cache nor pushes anything out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from api.authentication.principal import Principal

# Changed ids that are remembered; above this number it is cheaper to void every entry.
MAX_CHANGED = 10_000


@dataclass(slots=True)
class CachedCredential:
    """A principal, and the values that its answers are built from.

    `expires_at` is in seconds since the epoch. `mark` is the cache's mark from before the query.
    `verify` and `me` hold encoded answers, so that they are not encoded for every request.
    """

    principal: Principal
    expires_at: float
    mark: int
    verify: bytes | None = field(default=None, repr=False)
    me: bytes | None = field(default=None, repr=False)


class CredentialCache:
    """The `size` credentials that were used last.

    A plain dictionary keeps the order of use, because a used entry is inserted again at its end. It
    takes half the memory of an OrderedDict. Finding its first entry takes longer, but only when an
    entry is evicted, beside a query.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: dict[bytes, CachedCredential] = {}
        self._mark = 0
        # Changed id to the mark of the change; older entries are void, even if inserted later.
        self._changed: dict[int, int] = {}
        self._void_before = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def mark(self) -> int:
        """A number that grows with every change; callers read it before they query the database."""
        return self._mark

    def recall(self, digest: bytes, now: float) -> CachedCredential | None:
        """The entry of a digest if it is neither expired nor void, else None."""
        entry = self._entries.pop(digest, None)
        if entry is None or entry.expires_at <= now or self._is_void(entry):
            return None
        self._entries[digest] = entry
        return entry

    def remember(self, digest: bytes, entry: CachedCredential) -> None:
        """Inserts an entry, unless its rows changed since its mark."""
        if self._size == 0 or self._is_void(entry):
            return
        self._entries.pop(digest, None)
        if len(self._entries) >= self._size:
            del self._entries[next(iter(self._entries))]
        self._entries[digest] = entry

    def forget(self, what: str) -> None:
        """Voids entries read before now: `user:ID`, `session:ID`, `key:ID`, or `all`."""
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
    """The id in `user:ID` and the like, as a number; None for any other text."""
    try:
        return UUID(what.partition(":")[2]).int
    except ValueError:
        return None
