"""The list of keys that work at a moment, in the order in which they are near.

The help and the palette read it from the bindings, so that neither can miss one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.widgets.table import Table

# What Textual brings along for every screen, and nobody asks for.
_TEXTUALS = frozenset({"app.focus_next", "app.focus_previous", "screen.copy_text"})

_SIGNS = {
    "slash": "/",
    "question_mark": "?",
    "colon": ":",
    "asterisk": "*",
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "up": "↑",
    "down": "↓",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
    "home": "Home",
    "end": "End",
    "f5": "F5",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A key (or several for the same), what it does, and the action to run for it."""

    keys: str
    description: str
    action: str
    owner: Any


def here(screen: Screen[Any]) -> list[Key]:
    """Every key that works on this screen now, the nearest to the cursor first."""
    found: dict[tuple[str, str], tuple[Any, list[str]]] = {}
    for key, (owner, binding, _, tooltip) in screen.active_bindings.items():
        if binding.description and not binding.system and binding.action not in _TEXTUALS:
            # The footer has room for a word only; here the whole of it is said.
            words = tooltip or binding.description
            _, keys = found.setdefault((binding.action, words), (owner, []))
            keys.append(sign(key))
    return [
        Key(" ".join(dict.fromkeys(keys)), description, action, owner)
        for (action, description), (owner, keys) in found.items()
    ]


def by_use(keys: Iterable[Key]) -> list[Key]:
    """The keys with those that move the cursor last, which everybody knows."""
    return sorted(keys, key=lambda key: isinstance(key.owner, Table))


def key_of(app: App[Any], of: type[DOMNode], binding_id: str) -> str:
    """The key in force for what a class binds under that id, as the footer shows it."""
    own = (each for each in of.BINDINGS if isinstance(each, Binding))
    return app.get_key_display(next(each for each in own if each.id == binding_id))


def sign(key: str) -> str:
    """A key as it is written on the keyboard."""
    return _SIGNS.get(key, key)
