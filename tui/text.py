"""Owns how foreign text is made fit for a screen: one line, no controls, no surprises of width.

Knows nothing of widgets. Names, addresses and user agents are chosen by strangers; whatever they
write must neither move the cursor, nor turn the line around, nor style anything.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

REPLACEMENT = "�"
# More marks than this on one letter are drawn over the neighbouring lines and mean nothing.
MARKS_A_LETTER = 2

# Controls, formats (among them the bidirectional overrides and the joiner), surrogates, private use,
# what is unassigned, and the separators of lines and paragraphs.
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACE = "Zs"
_VARIATION_SELECTORS = frozenset(chr(point) for point in range(0xFE00, 0xFE10))


def plain(text: str) -> str:
    """The text as one printable line; what cannot be shown becomes U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_fit(unicodedata.normalize("NFC", text)))


def fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut with an ellipsis; wide characters count as two."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width else ""


def _fit(text: str) -> list[str]:
    fit: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if character in _VARIATION_SELECTORS or marks > MARKS_A_LETTER:
            continue
        fit.append(_fit_character(character, category))
    return fit


def _fit_character(character: str, category: str) -> str:
    if category == _SPACE:
        return " "
    return REPLACEMENT if category in _UNFIT else character
