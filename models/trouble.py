"""The errors that are the database's fault, also where the ORM has wrapped a driver's error.

The ORM's classes do not tell them apart: a table that may not be written and a misspelt statement
raise the same one. The module does not know what a caller does about an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from tortoise.exceptions import BaseORMException, DBConnectionError

from models.engines.postgresql import trouble as postgresql
from models.engines.sqlite import trouble as sqlite
from models.engines.trouble import Trouble


def trouble_of(error: BaseException) -> Trouble | None:
    """The trouble that an error stands for; None for a bug, or an error of something else."""
    for link in _chain(error):
        if found := sqlite.trouble_of(link) or postgresql.trouble_of(link):
            return found
        if isinstance(link, DBConnectionError | ConnectionError | TimeoutError):
            return Trouble.of(link, type(link).__name__)
    return None


def is_trouble(error: BaseException) -> bool:
    """Whether the error is the database's fault."""
    return trouble_of(error) is not None


def is_mixed_up(error: BaseException) -> bool:
    """Whether a pooler mixes the prepared statements of its clients."""
    return any(postgresql.is_mixed_up(link) for link in _chain(error))


def is_missing_table(error: BaseException) -> bool:
    """Whether the database said that a table is not there: it was never migrated."""
    return any(
        postgresql.is_missing_table(link) or sqlite.is_missing_table(link) for link in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and the driver's that the ORM has wrapped."""
    link: object = error
    while isinstance(link, BaseException):
        yield link
        if not isinstance(link, BaseORMException):
            return
        link = link.args[0] if link.args and isinstance(link.args[0], Exception) else None
