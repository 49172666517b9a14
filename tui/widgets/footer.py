"""The footer: the keys that matter here, as many as there is room for, and none cut in two.

The help and the palette name all there are; what is dropped first is what one finds without being told.

One widget draws the line. Textual's own footer makes a widget for each key, anew whenever the focus or
a screen changes: that was a quarter of all the work of the dashboard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

# The first to leave where there is too little room. The help stays whatever happens.
LEAVING = (
    "mark",
    "open",
    "filter",
    "next_status",
    "command_palette",
    "owner",
    "tab(1)",
    "operate('SetRoles')",
    "arm",
    "disarm",
    "leave",
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key to press, as it is shown, and what it does, in a word or two."""

    key: str
    display: str
    words: str
    action: str
    is_enabled: bool = True

    @property
    def width(self) -> int:
        """Cells, without the gap behind."""
        return cell_len(f"{self.display} {self.words}")


def fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """The keys that fit into `width` cells, in their order."""
    kept = list(keys)
    for action in LEAVING:
        if sum(key.width + 1 for key in kept) - 1 <= width:
            break
        kept = [key for key in kept if key.action.rpartition(".")[2] != action]
    return kept


class Footer(Widget, can_focus=False):
    """One line at the bottom. A click on a key presses it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"footer--{part}" for part in ("key", "words", "pointed-at")
    }

    keys: reactive[tuple[Key, ...]] = reactive(())
    pointed_at: reactive[Key | None] = reactive(None)

    def on_mount(self) -> None:
        """Subscribes to changes of the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[Any]) -> None:
        if self.is_attached and screen is self.screen and screen.app.app_focus:
            self.keys = tuple(self._active())

    def _active(self) -> Iterator[Key]:
        """The keys that work now; an action with two keys is shown with the first."""
        # A letter is only that.
        is_typing = isinstance(self.screen.focused, Input)
        named = set()
        for _, binding, is_enabled, _ in self.screen.active_bindings.values():
            if binding.show and binding.action not in named:
                named.add(binding.action)
                display = self.app.get_key_display(binding)
                if is_typing and display.isascii() and len(display) == 1:
                    continue
                yield Key(binding.key, display, binding.description, binding.action, is_enabled)

    def render(self) -> Text:
        """The keys that fit into the width."""
        line = Text(no_wrap=True, end="")
        for key in fitting(self.keys, self.size.width):
            line.append(key.display, self._style("key", key))
            line.append(f" {key.words}", self._style("words", key))
            line.append(" ")
        return line

    def _style(self, part: str, key: Key) -> Style:
        if not key.is_enabled:
            return self.get_component_rich_style(f"footer--{part}") + Style(dim=True)
        return self.get_component_rich_style(
            "footer--pointed-at" if key == self.pointed_at else f"footer--{part}"
        )

    def _key_at(self, x: int) -> Key | None:
        begin = 0
        for key in fitting(self.keys, self.size.width):
            if begin <= x < begin + key.width:
                return key
            begin += key.width + 1
        return None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Highlights the key under the pointer."""
        self.pointed_at = self._key_at(event.x)

    def on_leave(self) -> None:
        """Removes the highlight."""
        self.pointed_at = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Presses the key under the pointer; a disabled one rings the bell."""
        key = self._key_at(event.x)
        if key is None:
            return
        if key.is_enabled:
            self.app.simulate_key(key.key)
        else:
            self.app.bell()
