"""Owns the keys that wait for a list: typed before its answer was on screen, and about what it will show.

Knows nothing of lists: the pane says when a key has to wait, and when it may go on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from textual.dom import DOMNode

MOVES = frozenset({"move", "page", "first", "last"})
# Actions that ask for another list, or for this one anew.
ASKING = frozenset({"filter", "sort", "reverse", "next_status", "reload"})
# After any other action something else than the list may be in front.
_STAYING = MOVES | ASKING | {"mark", "unmark", "copy_id", "copy_second"}


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key that was pressed: its sign, the action it is bound to, and the node that binds it."""

    sign: str
    action: str
    owner: DOMNode

    @property
    def name(self) -> str:
        """The action without its arguments."""
        return self.action.partition("(")[0]

    @property
    def stays_in_the_list(self) -> bool:
        return self.name in _STAYING


class HeldKeys:
    """The keys that wait, in the order in which they were typed."""

    def __init__(self) -> None:
        self._keys: deque[HeldKey] = deque()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __str__(self) -> str:
        return " ".join(key.sign for key in self._keys)

    def add(self, key: HeldKey) -> None:
        self._keys.append(key)

    @property
    def first(self) -> HeldKey:
        return self._keys[0]

    def drop_first(self) -> None:
        """Forget the first; keys that were given up meanwhile are gone already."""
        if self._keys:
            self._keys.popleft()

    def give_up(self) -> str:
        """Forget all of them; tells which they were."""
        signs = str(self)
        self._keys.clear()
        return signs
