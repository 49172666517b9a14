"""Characters that can be seen: two texts that look the same must not be two people."""

from __future__ import annotations

import re
import unicodedata

# Unicode categories without ink: controls, formats (joiners and direction controls), surrogates,
# private use, unassigned, separators of lines and paragraphs.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# The other characters of Default_Ignorable_Code_Point (Unicode 16, DerivedCoreProperties.txt):
# Hangul fillers, variation selectors, and marks that draw nothing. Their categories are those of
# letters and accents.
_IGNORABLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
# Symbols without ink: the blank Braille pattern, and the musical null notehead.
_WITHOUT_INK = frozenset("\u2800\U0001d159")
_WITH_INK = frozenset("LNPS")


def is_hidden(character: str) -> bool:
    """Whether the character draws nothing, not even a blank, or has no assigned form."""
    return unicodedata.category(character) in _HIDDEN or _IGNORABLE.match(character) is not None


def is_visible(character: str) -> bool:
    """Whether the character has ink of its own: no blank, and no mark on another character."""
    category = unicodedata.category(character)
    return (
        category[0] in _WITH_INK
        and character not in _WITHOUT_INK
        and _IGNORABLE.match(character) is None
    )


def holds_hidden(text: str) -> bool:
    """Whether any character of the text is hidden."""
    return any(map(is_hidden, text))


def is_blank(text: str) -> bool:
    """Whether no character of the text is visible."""
    return not any(map(is_visible, text))


def is_plain_local_part(text: str) -> bool:
    """Whether the part of an address before the @ cannot be taken for another.

    It holds nothing hidden or without ink, and is in NFKC: `ﬁ` and full-width letters look like
    plain letters.
    """
    is_shown = not holds_hidden(text) and _WITHOUT_INK.isdisjoint(text)
    return is_shown and unicodedata.is_normalized("NFKC", text)
