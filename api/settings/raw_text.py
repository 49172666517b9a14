"""Owns the text of a variable as it is handed over: what around it is not meant, and what is odd.

Files of variables come from elsewhere: with carriage returns, with marks of their encoding, with
quotes that `docker --env-file` keeps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.characters import holds_hidden

# White space of any kind, the mark of an encoding (BOM), and a space of no width.
_AROUND = re.compile(r"\A[\s\ufeff\u200b]+|[\s\ufeff\u200b]+\Z")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


def trimmed(text: str) -> str:
    """The text without white space around it, which is part of no value."""
    return _AROUND.sub("", text)


def trimmed_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold anything, trimmed."""
    return {name: text for name, raw in environ.items() if (text := trimmed(raw))}


def oddity(text: str) -> str | None:
    """What is odd about a trimmed text, and how to put it right; None where nothing is."""
    if is_quoted(text):
        return (
            "is in quotes, which are part of the value (docker --env-file keeps them); remove them"
        )
    if holds_hidden(text):
        return "holds characters that cannot be seen, such as a carriage return; type it anew"
    return None


def is_quoted(text: str) -> bool:
    """Whether there are quotes at an end, and nowhere else."""
    inner = text.strip(_QUOTES)
    return inner != text and not any(quote in inner for quote in _QUOTES)


def is_nothing_in_quotes(text: str) -> bool:
    return not text.strip(_QUOTES)
