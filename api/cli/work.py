"""Owns how a command does its work: in a loop of its own, and failing with words."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import NoReturn, TypeVar

import typer

from api.errors import Refusal
from api.settings import SettingsRejected, database_from_environment
from models import database, schema
from models.explanation import explained

T = TypeVar("T")


def finish_opened(work: Callable[[], Awaitable[T]]) -> T:
    """Do the work with the database open, which must be there; the rest is as `finish`."""

    async def opened() -> T:
        url = database_from_environment()
        database.require_existing(url)
        async with database.opened(url):
            return await work()

    return finish(opened)


def finish(work: Callable[[], Awaitable[T]]) -> T:
    """Do the work; what can go wrong is one line on standard error and exit status 1."""

    async def main() -> T:
        return await work()

    try:
        return asyncio.run(main())
    except SettingsRejected as rejected:
        fail(*rejected.problems)
    except Refusal as refusal:
        fail(refusal.detail)
    except (database.DatabaseUnreachable, schema.MigrationFailed) as refused:
        fail(str(refused))
    except Exception as error:
        words = asyncio.run(explained(database_from_environment(), error))
        if words is None:
            raise
        fail(words)


def fail(*lines: str) -> NoReturn:
    """Say what is wrong on standard error, and end with exit status 1."""
    for line in lines:
        print(line, file=sys.stderr)
    raise typer.Exit(1)
