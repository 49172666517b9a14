"""Owns when the line of keys at the bottom is made anew: only when it would show something else.

Textual's own makes all its parts anew whenever the focus or a screen changes, mostly into what they
were: that was a quarter of all the work of the dashboard. Knows nothing of what a key does.
"""

from __future__ import annotations

from typing import Any

from textual.screen import Screen
from textual.widgets import Footer


class SteadyFooter(Footer):
    """A footer that stays as it is while the keys do."""

    _shown: object = None

    def bindings_changed(self, screen: Screen[Any]) -> None:
        """Show what works now, unless that is shown already."""
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
