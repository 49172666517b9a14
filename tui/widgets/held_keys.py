"""The keys that wait for a list: typed before its answer was on screen, and about what it will show.

Knows nothing of how a list is loaded.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from textual.dom import DOMNode

from tui.context import AppContext

MOVES = frozenset({"move", "page", "first", "last"})
# Actions that ask for another list, or for this one anew.
ASKING = frozenset({"filter", "sort", "reverse", "next_status", "reload"})
# After any other action something else than the list may be in front.
_STAYING = MOVES | ASKING | {"mark", "mark_range", "mark_all", "unmark", "copy_id", "copy_second"}


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
        """Whether the list is still in front after this key."""
        return self.name in _STAYING


class Loading(Protocol):
    """A list, as far as keys wait for it."""

    @property
    def is_left(self) -> bool:
        """Whether Enter was pressed in the filter, and the list does not know yet."""

    @property
    def is_pending(self) -> bool:
        """Whether another list is asked for than the one on screen."""

    @property
    def is_moving(self) -> bool:
        """Whether the cursor is on its way to a row that is not loaded."""

    @property
    def problem(self) -> str:
        """Why there are no rows to act on; empty where there are."""

    def say(self) -> None:
        """Say which keys wait."""


class HeldKeys:
    """The keys that wait for `loading`, the list that `node` shows, in the order of typing."""

    def __init__(self, node: DOMNode, loading: Loading, context: AppContext) -> None:
        self._node, self._loading, self._context = node, loading, context
        self._keys: deque[HeldKey] = deque()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def __str__(self) -> str:
        return " ".join(key.sign for key in self._keys)

    def hold(self, key: HeldKey) -> bool:
        """Keep the key if it has to wait, for it is about rows that are not here; tells whether.

        A key of the view or of the application does not wait, and no key waits behind it.
        """
        if self._loading.is_left:
            self._keys.append(key)
        elif not self._is_of_the_list(key) or (self._keys and key.name == "filter"):
            self._give_up("it was left before the list was here")
            return False
        elif self._keys or self._must_wait(key):
            self._keys.append(key)
        else:
            return False
        self._loading.say()
        return True

    def release(self) -> None:
        """Press the keys that waited: rows came for them, or will not come."""
        if self._keys:
            # There every other key is obeyed, too.
            self._node.app.call_later(self._press)

    def _is_of_the_list(self, key: HeldKey) -> bool:
        return self._node in key.owner.ancestors_with_self

    def _must_wait(self, key: HeldKey) -> bool:
        if not self._is_of_the_list(key):
            return False
        is_asked = self._loading.is_pending and key.name not in ASKING
        return is_asked or (self._loading.is_moving and key.name not in MOVES | ASKING)

    async def _press(self) -> None:
        """Press them in their order; one that leads away is the last."""
        app = self._node.app
        while self._keys and not self._loading.is_left:
            key = self._keys[0]
            if self._must_wait(key):
                return
            is_about_rows = self._is_of_the_list(key) and key.name not in ASKING
            if is_about_rows and self._loading.problem:
                self._give_up(self._loading.problem)
                return
            if app.screen is not self._node.screen:
                self._give_up("something else came up")
                return
            await app.run_action(key.action, key.owner)
            if self._keys:
                self._keys.popleft()
            if self._keys and not key.stays_in_the_list:
                self._give_up(f"{key.sign} came before")
        self._loading.say()

    def _give_up(self, why: str) -> None:
        signs = str(self)
        self._keys.clear()
        if signs:
            self._context.say(f"not done: {signs} ({why})", is_bad=True)
            self._loading.say()
