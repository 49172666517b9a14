"""Runs the work of a command in an event loop of its own; failures are printed as words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer

from api.errors import Refusal
from api.settings import SettingsRejected, database_from_environment
from models import database
from models.explanation import explained
from models.migration_failure import MigrationFailed

T = TypeVar("T")


def finish_opened(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work` with the database open, which must exist; otherwise as `finish`."""

    async def opened() -> T:
        url = database_from_environment()
        database.require_existing(url)
        async with database.opened(url):
            return await work()

    return finish(opened)


def finish(work: Callable[[], Awaitable[T]]) -> T:
    """Runs `work`; an expected failure is one line on standard error and exit status 1."""

    async def main() -> T:
        return await work()

    try:
        return asyncio.run(main())
    except SettingsRejected as rejected:
        fail(*rejected.problems)
    except Refusal as refusal:
        fail(refusal.detail)
    except (database.DatabaseUnreachable, MigrationFailed) as refused:
        fail(str(refused))
    except Exception as error:
        words = asyncio.run(explained(database_from_environment(), error))
        if words is None:
            raise
        fail(words)


def fail(*lines: str) -> NoReturn:
    """Prints `lines` on standard error, and exits with status 1."""
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)
