"""Makes foreign text fit for a screen: one line, no controls, no surprises of width.

Knows nothing of widgets. Names, addresses and user agents are chosen by strangers; whatever they
write must neither move the cursor, nor turn the line around, nor style anything.
"""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

REPLACEMENT = "\ufffd"
# The longest text that is shown, in characters; what is copied is whole. Nothing of ours is longer, and
# each character of megabytes would be looked at.
MAX_CHARACTERS = 10_000
# More marks than this on one letter are drawn over the neighbouring lines and mean nothing.
MARKS_A_LETTER = 2
# Normalization takes quadratic time in the length of a run of marks; no language needs longer runs
# (Unicode Standard Annex 15, the Stream-Safe Text Format).
MARKS_BEFORE_NORMALIZATION = 30

# Controls, formats (among them the bidirectional overrides and the joiner), surrogates, private use,
# what is unassigned, and the separators of lines and paragraphs.
_UNFIT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_SPACE = "Zs"
# Default_Ignorable_Code_Point (DerivedCoreProperties.txt of Unicode) without what is unfit anyway, and
# the Braille cell without dots: nothing is drawn for them, so that two texts would look like one.
_IGNORABLE = frozenset(
    chr(point)
    for first, last in (
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    )
    for point in range(first, last + 1)
)


class Foreign(str):
    """A text of strangers, fit for a screen; `raw` is what they wrote, for whoever copies it."""

    __slots__ = ("raw",)
    raw: str

    @classmethod
    def of(cls, raw: str) -> Foreign:
        """The text as it is shown, with what it was made from."""
        shown = cls(plain(raw))
        shown.raw = raw
        return shown


def raw(text: str) -> str:
    """The text as it was written, where it is shown otherwise."""
    return text.raw if isinstance(text, Foreign) else text


def plain(text: str) -> str:
    """The text as one printable line; each character that cannot be shown becomes U+FFFD."""
    if len(text) > MAX_CHARACTERS:
        text = f"{text[:MAX_CHARACTERS]}…"
    if text.isascii() and text.isprintable():
        return str(text)
    bounded = _with_few_marks(text, MARKS_BEFORE_NORMALIZATION)
    composed = _with_few_marks(unicodedata.normalize("NFC", bounded), MARKS_A_LETTER)
    return "".join(map(_fit, composed))


def fitted(text: str, width: int) -> str:
    """The text in exactly `width` cells, cut with an ellipsis; wide characters count as two."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width) if width else ""


def _with_few_marks(text: str, most: int) -> str:
    """The text with at most so many marks on each letter; one without a letter is one too many."""
    kept: list[str] = []
    marks = most
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        kept.append(REPLACEMENT if marks > most else character)
    return "".join(kept)


def _fit(character: str) -> str:
    category = unicodedata.category(character)
    if category == _SPACE:
        return " "
    # A letter without width stands on its own nowhere, and is not seen.
    is_unseen = category not in _MARKS and cell_len(character) == 0
    is_unfit = category in _UNFIT or character in _IGNORABLE or is_unseen
    return REPLACEMENT if is_unfit else character
