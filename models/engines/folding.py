"""Owns how a text loses its case on SQLite: letter by letter, as its index of parts does it."""

from __future__ import annotations


def folded(text: str) -> str:
    """The text without case; no letter becomes two."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


def _lower(letter: str) -> str:
    lower = letter.lower()
    return lower if len(lower) == 1 else letter
