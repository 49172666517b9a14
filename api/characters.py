"""Owns which characters can be seen: two texts that look the same must not be two people."""

from __future__ import annotations

import re
import unicodedata

# Controls, formats (joiners and the controls of direction among them), halves of surrogate pairs,
# private and unassigned ones, separators of lines and paragraphs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What else is Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt): the fillers of
# Hangul, variation selectors, and marks that draw nothing. Their categories are those of letters
# and of accents.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# Symbols without ink: the empty pattern of Braille, and a note of music without its head.
_WITHOUT_INK = frozenset("\u2800\U0001d159")
_WITH_INK = frozenset("LNPS")


def is_hidden(character: str) -> bool:
    """Whether the character shows nothing, not even a blank, or nobody knows what it shows."""
    return unicodedata.category(character) in _HIDDEN or _IGNORABLE.match(character) is not None


def is_visible(character: str) -> bool:
    """Whether the character has ink of its own: it is no blank, and no mark on another."""
    category = unicodedata.category(character)
    return (
        category[0] in _WITH_INK
        and character not in _WITHOUT_INK
        and _IGNORABLE.match(character) is None
    )


def holds_hidden(text: str) -> bool:
    return any(map(is_hidden, text))


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return not any(map(is_visible, text))


def is_plain_local_part(text: str) -> bool:
    """Whether the part of an address before the @ cannot be taken for another.

    Nothing in it is hidden or blank, and it is what NFKC makes of it: `ﬁ` and full-width letters look
    like plain letters.
    """
    is_shown = not holds_hidden(text) and _WITHOUT_INK.isdisjoint(text)
    return is_shown and unicodedata.is_normalized("NFKC", text)
