"""PostgreSQL as an `Engine`."""

from __future__ import annotations

from typing import Literal

from models.engines.postgresql.dialect import PostgresqlDialect


class Postgresql:
    """A server, which several nodes may share."""

    name: Literal["postgresql"] = "postgresql"
    dialect = PostgresqlDialect()


POSTGRESQL = Postgresql()
