"""Owns the footer: the keys that matter here, as many as there is room for, and none cut in two.

The help and the palette name all there are; what is dropped first is what one finds without being told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

# The first to leave where there is too little room. The help stays whatever happens.
LEAVING = (
    "mark",
    "open",
    "filter",
    "next_status",
    "command_palette",
    "owner",
    "tab(1)",
    "roles",
    "arm",
    "leave",
)


def fitting(keys: Sequence[FooterKey], width: int) -> list[FooterKey]:
    """The keys that fit into `width` cells, in their order."""
    kept = list(keys)
    for action in LEAVING:
        if _needed(kept) <= width:
            break
        kept = [key for key in kept if key.action.rpartition(".")[2] != action]
    return kept


def _needed(keys: Sequence[FooterKey]) -> int:
    """Each key with its words and a gap behind."""
    return sum(cell_len(f"{key.key_display} {key.description} ") for key in keys) - 1


class KeysLine(Footer):
    """One line at the bottom."""

    def __init__(self) -> None:
        super().__init__(compact=True, show_command_palette=False)
        self._shown: object = None

    def compose(self) -> ComposeResult:
        keys = [key for key in super().compose() if isinstance(key, FooterKey)]
        yield from fitting(keys, self.screen.size.width)

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Show what works now, unless that is shown already.

        Textual makes all parts anew whenever the focus or a screen changes, mostly into what they
        were: that was a quarter of all the work of the dashboard.
        """
        if not self.is_attached or screen is not self.screen or not screen.app.app_focus:
            return
        shown = [
            (binding.key, binding.description, binding.action, is_enabled, tooltip)
            for _, binding, is_enabled, tooltip in screen.active_bindings.values()
            if binding.show
        ]
        if shown != self._shown:
            self._shown = shown
            super().bindings_changed(screen)

    async def on_resize(self, event: events.Resize) -> None:
        del event
        await self.recompose()
