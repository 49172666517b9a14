"""PostgreSQL as an `Engine`."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Literal

from api.settings.database_url import DatabaseUrl
from models.engines.events import Events
from models.engines.invalidation import Listener
from models.engines.postgresql import client, events, locks, statements
from models.engines.postgresql.dialect import PostgresqlDialect
from models.engines.postgresql.invalidation import PostgresqlInvalidation
from models.engines.postgresql.migration import rolled_back_on_failure
from models.engines.postgresql.rights import rights_at
from models.engines.postgresql.write_probe import PostgresqlWriteProbe
from models.engines.rights import Rights
from models.engines.statements import Statements


class Postgresql:
    """PostgreSQL: a server, which several nodes may share."""

    name: Literal["postgresql"] = "postgresql"
    opening_advice = "check that the server runs, and the user, password, name and TLS in the URL"
    dialect = PostgresqlDialect()
    statements: Statements = statements
    events: Events = events

    def configuration(self, url: DatabaseUrl, *, is_patient: bool) -> dict[str, Any]:
        """The configuration of a pool over every host of the URL."""
        return client.configuration(url, is_patient=is_patient)

    def exists(self, url: DatabaseUrl) -> bool:
        """True, because only the server can tell."""
        del url
        return True

    def objection_to_place(self, url: DatabaseUrl) -> None:
        """None, because a URL names no place that could be checked."""

    def objection_to_opening(self, url: DatabaseUrl) -> str | None:
        """The first certificate or key file of the URL that cannot be read; None without one."""
        for parameter, file in url.files:
            try:
                file.open("rb").close()
            except OSError as error:
                return f"the file that {parameter} names cannot be read ({error.strerror})"
        return None

    def invalidation(self, url: DatabaseUrl, listener: Listener) -> PostgresqlInvalidation:
        """NOTIFY, received over a connection of its own."""
        return PostgresqlInvalidation(client.connect_arguments(url), listener)

    def held_if_free(self, url: DatabaseUrl, purpose: str) -> AbstractAsyncContextManager[bool]:
        """An advisory lock in a transaction, over a connection of its own."""
        return locks.held_if_free(url, purpose)

    def write_probe(self, url: DatabaseUrl) -> PostgresqlWriteProbe:
        """A question to a connection of the pool."""
        del url  # the pool's connections are asked
        return PostgresqlWriteProbe()

    def migrating(self, url: DatabaseUrl) -> AbstractAsyncContextManager[None]:
        """A transaction around every migration, rolled back on failure."""
        del url  # the transaction is that of the open database
        return rolled_back_on_failure()

    async def missing_rights(self, url: DatabaseUrl) -> Rights:
        """The rights that the role of the URL lacks, read from the catalogues."""
        return await rights_at(url)


POSTGRESQL = Postgresql()
