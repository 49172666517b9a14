"""DATABASE_URL as a value. The module opens nothing and knows no ORM."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlencode

from api.settings import postgresql_url
from api.settings.postgresql_url import SSL_MODES, DatabaseUrlRejected

__all__ = ("SSL_MODES", "DatabaseUrl", "DatabaseUrlRejected")

Engine = Literal["sqlite", "postgresql"]


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """The database that a URL names.

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
    more_hosts: tuple[tuple[str, int], ...] = ()
    driver: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Parameters of libpq that the driver reads by itself."""
    session: tuple[tuple[str, str], ...] = ()
    """Parameters of the session: `options`, `search_path`, `application_name`."""
    connect_seconds: int | None = None
    has_prepared_statements: bool = True

    @classmethod
    def parse(cls, text: str) -> DatabaseUrl:
        """Reads `sqlite://FILE` or `postgresql://USER:PASSWORD@HOST:PORT/NAME?sslmode=…`.

        Raises:
            DatabaseUrlRejected: the scheme, a parameter or a part of the address is unusable.
        """
        if text.startswith("sqlite://"):
            return cls._sqlite(text.removeprefix("sqlite://"))
        if re.match(r"postgres(ql)?://", text):
            return cls(engine="postgresql", **postgresql_url.fields(text))
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

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """The files that the driver reads, each with the parameter that names it."""
        return tuple(
            (name, Path(value))
            for name, value in self.driver
            if name in postgresql_url.FILES and value != postgresql_url.SYSTEM_ROOTS
        )

    @property
    def trusts_system_roots(self) -> bool:
        """Whether the server's certificate is verified against the system's trust store."""
        return ("sslrootcert", postgresql_url.SYSTEM_ROOTS) in self.driver

    @property
    def hosts(self) -> tuple[tuple[str, int], ...]:
        """Every host with its port, in the order in which they are tried."""
        return ((self.host or postgresql_url.DEFAULT_HOST, self.port), *self.more_hosts)

    def dsns(self) -> tuple[str, ...]:
        """One DSN a host for the driver, without user, password and database name."""
        parameters = dict(self.driver)
        if self.sslmode:
            parameters["sslmode"] = self.sslmode
        return tuple(_dsn(host, port, parameters) for host, port in self.hosts)

    def __str__(self) -> str:
        """Name the database for people, without its password."""
        if self.path is not None:
            return f"SQLite ({self.path})"
        places = ",".join(f"{_bracketed(host)}:{port}" for host, port in self.hosts)
        return f"PostgreSQL ({places}/{self.database})"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("/") else host


def _dsn(host: str, port: int, parameters: dict[str, str]) -> str:
    place = {"host": _bracketed(host), "port": str(port)}
    return f"postgresql://?{urlencode({**parameters, **place}, quote_via=quote)}"
