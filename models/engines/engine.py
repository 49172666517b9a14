"""The interface behind which an engine is a place: one value an engine, made of its folder's parts."""

from __future__ import annotations

from typing import Literal, Protocol

from models.engines.dialect import Dialect


class Engine(Protocol):
    """All that differs between SQLite and PostgreSQL."""

    @property
    def name(self) -> Literal["sqlite", "postgresql"]:
        """The word for it in answers and files."""

    @property
    def dialect(self) -> Dialect:
        """Its SQL in lists."""
