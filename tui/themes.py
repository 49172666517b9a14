"""The themes of the dashboard's own, beside those that Textual brings.

Every signal has a shape or a word of its own; colours only repeat it. The last theme uses the sixteen
colours of the terminal and its own background.
"""

from __future__ import annotations

import os

from textual.theme import BUILTIN_THEMES, Theme

EVERRUNS_DARK = Theme(
    name="everruns-dark",
    primary="#5aa9e6",
    secondary="#7fc8a9",
    accent="#f4a259",
    success="#5fd38d",
    warning="#e9c46a",
    error="#ff6b6b",
    foreground="#e6e9ef",
    background="#11151c",
    surface="#161b24",
    panel="#202837",
    dark=True,
)
EVERRUNS_LIGHT = Theme(
    name="everruns-light",
    primary="#0b5fa5",
    secondary="#2c7a5b",
    accent="#a85509",
    success="#146c3a",
    warning="#7a5600",
    error="#b3261e",
    foreground="#1b1f27",
    background="#fbfbf8",
    surface="#f1f1ec",
    panel="#e2e3dc",
    dark=False,
)
HIGH_CONTRAST = Theme(
    name="high-contrast",
    primary="#00ffff",
    secondary="#ffffff",
    accent="#ffff00",
    success="#00ff00",
    warning="#ffff00",
    error="#ff8080",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
)

OWN = (EVERRUNS_DARK, EVERRUNS_LIGHT, HIGH_CONTRAST)
# What `t` goes through: few enough to come round again. The palette offers all there are.
ROUND = (
    *(theme.name for theme in OWN),
    *(
        name
        for name in ("nord", "gruvbox", "solarized-light", "ansi-dark", "ansi-light")
        if name in BUILTIN_THEMES
    ),
)


def following(name: str) -> str:
    """The theme after this one."""
    index = ROUND.index(name) if name in ROUND else -1
    return ROUND[(index + 1) % len(ROUND)]


def has_no_color() -> bool:
    """Whether NO_COLOR asks for none (no-color.org: empty does not)."""
    if not os.environ.get("NO_COLOR"):
        # Textual takes an empty one for a wish.
        os.environ.pop("NO_COLOR", None)
    return "NO_COLOR" in os.environ
