"""The contexts: the servers that an operator gave names to, in a file of their own.

    [production]
    url = "https://auth.example.com/api"
    colour = "red"
    read_only = true

Knows nothing of credentials: those are kept elsewhere, and only when asked.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, ValidationError

from tui.http.client import check_url
from tui.session.private_files import TooOpen, read_private

# Names that every terminal has, so that a context looks the same everywhere.
Colour = Literal["red", "green", "yellow", "blue", "magenta", "cyan", "white"]


NO_CONTEXT = "is no context: below [its name] stand url, and if you like colour and read_only"
# What pydantic says of a field, as we say it.
_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is unknown; there are url, colour and read_only",
    "literal_error": f"is none of: {', '.join(get_args(Colour))}",
    "bool_parsing": "is neither true nor false",
    "bool_type": "is neither true nor false",
    "string_type": "is no text",
}


class ContextsRejected(Exception):
    """The contexts, or the one asked for, cannot be used; the words say why."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    colour: Colour = "blue"
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A server with a name; `is_read_only` locks the dashboard on it."""

    name: str
    url: str
    colour: str
    is_read_only: bool


def named(name: str, file: Path) -> Context:
    """The context of that name.

    Raises:
        ContextsRejected: the file is missing, too open or malformed, or has no such context.
    """
    contexts = read(file)
    if name not in contexts:
        known = ", ".join(contexts) or "none"
        raise ContextsRejected(f"{file} has no context {name!r}; it has: {known}")
    return contexts[name]


def read(file: Path) -> dict[str, Context]:
    """Every context, in the file's order.

    Raises:
        ContextsRejected: as said above.
    """
    try:
        tables = tomllib.loads(read_private(file))
    except FileNotFoundError:
        raise ContextsRejected(
            f"there is no {file}; docs/dashboard.md shows what goes into it"
        ) from None
    except (TooOpen, OSError) as refused:
        raise ContextsRejected(str(refused)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as malformed:
        raise ContextsRejected(f"{file} is not TOML: {malformed}") from None
    return {name: _context(name, table, file) for name, table in tables.items()}


def checked_url(url: str) -> str:
    """The URL of an API without the slash at its end.

    Raises:
        ValueError: it is no http or https URL, or holds a password that would be shown.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a URL begins with http:// or https:// and names a host")
    try:
        is_port = parts.port is None or parts.port > 0
    except ValueError:
        is_port = False
    if not is_port:
        raise ValueError("the port of a URL is a number from 1 to 65535")
    if parts.username or parts.password:
        raise ValueError("a URL must not hold a name or a password: it is shown on screen")
    if parts.query or parts.fragment:
        raise ValueError("the URL of an API ends before ? and #")
    check_url(url.strip())
    return url.strip().rstrip("/")


def _context(name: str, table: object, file: Path) -> Context:
    try:
        entry = _Entry.model_validate(table)
        url = checked_url(entry.url)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"]))
        words = f"{field}: {_WORDS.get(first['type'], first['msg'])}" if field else NO_CONTEXT
        raise ContextsRejected(f"{file}: [{name}] {words}") from None
    except ValueError as invalid_url:
        raise ContextsRejected(f"{file}: [{name}] url: {invalid_url}") from None
    return Context(name, url, entry.colour, entry.read_only)
