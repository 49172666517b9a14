"""The raw text of a variable: characters around it that are no part of it, and odd ones in it.

Files of variables come from other systems, with carriage returns, byte order marks, and quotes that
`docker --env-file` keeps.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.characters import holds_hidden

# White space of any kind, the byte order mark, and the zero-width space.
_AROUND = re.compile(r"\A[\s\ufeff\u200b]+|[\s\ufeff\u200b]+\Z")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"


def trimmed(text: str) -> str:
    """The text without white space, byte order marks and zero-width spaces at its ends."""
    return _AROUND.sub("", text)


def trimmed_variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables that hold anything, trimmed."""
    return {name: text for name, raw in environ.items() if (text := trimmed(raw))}


def oddity(text: str) -> str | None:
    """The problem of a trimmed text that nobody can have meant, with the remedy; None for others."""
    if is_quoted(text):
        return (
            "is in quotes, which are part of the value (docker --env-file keeps them); remove them"
        )
    if holds_hidden(text):
        return "holds characters that cannot be seen, such as a carriage return; type it anew"
    return None


def is_quoted(text: str) -> bool:
    """Whether quotes stand at an end of the text, and nowhere else."""
    inner = text.strip(_QUOTES)
    return inner != text and not any(quote in inner for quote in _QUOTES)


def is_nothing_in_quotes(text: str) -> bool:
    """Whether the text is empty, or consists of quotes alone."""
    return not text.strip(_QUOTES)
