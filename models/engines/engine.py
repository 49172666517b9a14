"""The interface of an engine: one value each, composed of the parts in its folder."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Literal, Protocol

from api.settings.database_url import DatabaseUrl
from models.engines.dialect import Dialect
from models.engines.events import Events
from models.engines.invalidation import Invalidation, Listener
from models.engines.rights import Rights
from models.engines.statements import Statements
from models.engines.write_probe import WriteProbe


class Engine(Protocol):
    """The differences between SQLite and PostgreSQL."""

    @property
    def name(self) -> Literal["sqlite", "postgresql"]:
        """The name of the engine in answers and files."""

    @property
    def opening_advice(self) -> str:
        """The remedy to try when a database cannot be opened."""

    @property
    def dialect(self) -> Dialect:
        """The SQL of its lists."""

    @property
    def statements(self) -> Statements:
        """The statements about our tables that it words differently."""

    @property
    def events(self) -> Events:
        """The reader of its events."""

    def configuration(self, url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
        """Tortoise's configuration of the connection; `is_patient` means no timeout of statements."""

    def exists(self, url: DatabaseUrl) -> bool:
        """Whether the database exists, as far as can be told without opening it."""

    def objection_to_place(self, url: DatabaseUrl) -> str | None:
        """The reason why no database can exist at this URL; None if one can."""

    def objection_to_opening(self, url: DatabaseUrl) -> str | None:
        """The reason why a file that the URL names is unusable; creates a missing SQLite file."""

    def invalidation(self, url: DatabaseUrl, listener: Listener) -> Invalidation:
        """The source of changes for one worker; it passes them to `listener`."""

    def held_if_free(self, url: DatabaseUrl, purpose: str) -> AbstractAsyncContextManager[bool]:
        """Holds the lock for `purpose` inside the block if it is free; yields whether it was."""

    def write_probe(self, url: DatabaseUrl) -> WriteProbe:
        """The probe of whether the open database accepts writes."""

    def migrating(self, url: DatabaseUrl) -> AbstractAsyncContextManager[None]:
        """A block of migrations, all of which are undone when any of it fails."""

    async def missing_rights(self, url: DatabaseUrl) -> Rights | None:
        """The rights that the role lacks; None where the engine has no roles."""
