"""Removes the case of texts on SQLite: letter by letter, and never otherwise than its index.

FTS5 folds by the tables of Unicode 6.1. A letter that we folded and it did not would be found by
one way of searching only, so only scripts that were complete then are folded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache

# Latin, Greek, Cyrillic and Armenian, and what extends the first two.
_LAST_OF_OLD_CYRILLIC = 0x527
_ARMENIAN = range(0x531, 0x557)
_EXTENSIONS = range(0x1E00, 0x2000)
_YOUNGER = "\u037f"


def folded(text: str) -> str:
    """The text without case; no letter becomes two."""
    return text.lower() if text.isascii() else "".join(map(_folded_letter, text))


def _folded_letter(letter: str) -> str:
    code = ord(letter)
    if not (code <= _LAST_OF_OLD_CYRILLIC or code in _ARMENIAN or code in _EXTENSIONS):
        return letter
    lower = letter.lower()
    return lower if len(lower) == 1 and letter != _YOUNGER else letter


def unfolded(text: str) -> Iterator[tuple[str, str]]:
    """Pairs of each letter beyond ASCII that folds to one of a folded text, and that one; for SQL.

    SQLite's own `lower` folds the letters of ASCII alone.
    """
    for letter in sorted(set(text)):
        for capital in _capitals().get(letter, ()):
            yield capital, letter


@cache
def _capitals() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code in (*range(0x80, _LAST_OF_OLD_CYRILLIC + 1), *_ARMENIAN, *_EXTENSIONS):
        letter = _folded_letter(chr(code))
        if letter != chr(code):
            found[letter].append(chr(code))
    return found
