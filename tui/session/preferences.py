"""The preferences of an operator: theme and columns. Knows nothing of servers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tui.session.private_files import write_private

DEFAULT_THEME = "everruns-dark"


class Preferences(BaseModel):
    """The theme and the hidden columns."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    theme: str = DEFAULT_THEME
    hidden_columns: dict[str, frozenset[str]] = {}
    """Titles of the columns that are not to be seen, by the name of their list."""


def remembered(file: Path) -> Preferences:
    """The stored preferences; defaults where the file cannot be used."""
    try:
        return Preferences.model_validate_json(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError):
        return Preferences()


def remember(file: Path, preferences: Preferences) -> None:
    """Remember it, where there is a place to; taste is not worth a message."""
    with suppress(OSError):
        write_private(file, preferences.model_dump_json())
