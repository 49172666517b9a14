"""Reads DATABASE_URL into a value. It opens nothing and knows no ORM."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")

Engine = Literal["sqlite", "postgresql"]


class DatabaseUrlRejected(ValueError):
    """The text names no database this server can use; the message never repeats it."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where the rows are kept.

    `path` is set for SQLite, the network fields for PostgreSQL.
    """

    engine: Engine
    path: Path | None = None
    host: str | None = None
    port: int = 5432
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    sslmode: str | None = None

    @classmethod
    def parse(cls, text: str) -> DatabaseUrl:
        """Read `sqlite://FILE` or `postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=…`.

        Raises:
            DatabaseUrlRejected: the scheme, a parameter or a part of the address is unusable.
        """
        if text.startswith("sqlite://"):
            return cls._sqlite(text.removeprefix("sqlite://"))
        if re.match(r"postgres(ql)?://", text):
            return cls._postgresql(text)
        raise DatabaseUrlRejected(
            "must begin with sqlite:// or postgresql://, as in sqlite://everruns-auth.db"
        )

    @classmethod
    def _sqlite(cls, file: str) -> DatabaseUrl:
        if not file or "?" in file or "#" in file or "\0" in unquote(file):
            raise DatabaseUrlRejected(
                "needs a file name and no parameters, as in sqlite:///var/lib/everruns/auth.db"
            )
        if ":memory:" in unquote(file):
            raise DatabaseUrlRejected(
                "cannot be a database in memory, which the workers could not share; name a file"
            )
        return cls(engine="sqlite", path=Path(re.sub("^/+", "/", unquote(file))))

    @classmethod
    def _postgresql(cls, text: str) -> DatabaseUrl:
        try:
            parts = urlsplit(text)
            port = parts.port or 5432
            parameters = dict(parse_qsl(parts.query, strict_parsing=True) if parts.query else ())
        except ValueError:
            raise DatabaseUrlRejected(
                "has a port or parameters that cannot be read; percent-encode special characters"
            ) from None
        if unknown := sorted(parameters.keys() - {"sslmode", "host"}):
            raise DatabaseUrlRejected(
                f"has {len(unknown)} parameter(s) this server does not know; only sslmode and host"
            )
        sslmode = parameters.get("sslmode")
        if sslmode is not None and sslmode not in SSL_MODES:
            raise DatabaseUrlRejected(f"needs an sslmode out of {', '.join(SSL_MODES)}")
        database = unquote(parts.path.lstrip("/"))
        if not database:
            raise DatabaseUrlRejected("names no database: end it with /NAME")
        return cls(
            engine="postgresql",
            host=parameters.get("host") or parts.hostname or "127.0.0.1",
            port=port,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            database=database,
            sslmode=sslmode,
        )

    def __str__(self) -> str:
        """Name the database for people, without its password."""
        if self.path is not None:
            return f"SQLite ({self.path})"
        return f"PostgreSQL ({self.host}:{self.port}/{self.database})"
