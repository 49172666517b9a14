"""The interface behind which an engine is a place: one value an engine, made of its folder's parts."""

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
    """All that differs between SQLite and PostgreSQL."""

    @property
    def name(self) -> Literal["sqlite", "postgresql"]:
        """The word for it in answers and files."""

    @property
    def opening_advice(self) -> str:
        """The thing to check when a database cannot be opened."""

    @property
    def dialect(self) -> Dialect:
        """Its SQL in lists."""

    @property
    def statements(self) -> Statements:
        """Its statements about our tables."""

    @property
    def events(self) -> Events:
        """Its way to read what happened."""

    def configuration(self, url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
        """Tortoise's configuration of the connection; a patient one bounds no statement."""

    def exists(self, url: DatabaseUrl) -> bool:
        """Whether the database is there to be opened, as far as can be told without opening it."""

    def objection_to_place(self, url: DatabaseUrl) -> str | None:
        """Why no database can be where the URL says."""

    def objection_to_opening(self, url: DatabaseUrl) -> str | None:
        """Why the files that the URL names cannot be used; makes a SQLite file that is missing."""

    def invalidation(self, url: DatabaseUrl, listener: Listener) -> Invalidation:
        """Its way to hear of changes, for one worker."""

    def held_if_free(self, url: DatabaseUrl, purpose: str) -> AbstractAsyncContextManager[bool]:
        """Hold the lock for `purpose` inside the block if it is free; yields whether it was."""

    def write_probe(self, url: DatabaseUrl) -> WriteProbe:
        """Its question whether the database, which is open in this process, takes writes."""

    def migrating(self, url: DatabaseUrl) -> AbstractAsyncContextManager[None]:
        """A block of migrations, all of which are undone when any of it fails."""

    async def missing_rights(self, url: DatabaseUrl) -> Rights | None:
        """The rights that the role lacks; None where the engine has no roles."""
