"""Letters of scripts that put no space between words.

There a word is often two letters long, and begins anywhere in a text.
"""

from __future__ import annotations

import re
import unicodedata

# Words of the letters' names in Unicode. Hangul does have spaces, and names of two letters.
_SCRIPTS = re.compile(
    r"\b(CJK|IDEOGRAPHIC|BOPOMOFO|HIRAGANA|KATAKANA|HANGUL|YI|THAI|LAO|KHMER|MYANMAR|TIBETAN|TAI"
    r"|JAVANESE|BALINESE)\b"
)


def is_without_spaces(text: str) -> bool:
    """Whether every letter of the text is of such a script."""
    return all(_SCRIPTS.search(unicodedata.name(letter, "")) for letter in text)
