"""The configuration of the `aerich` command: the database that DATABASE_URL names."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from api.own_packages import refuse_strangers
from api.settings import SettingsRejected, database_from_environment
from api.settings.database_url import DatabaseUrl
from models import schema
from models.database import DatabaseUnreachable, tortoise_config
from models.explanation import explained


def __getattr__(name: str) -> dict[str, Any]:
    """Read the environment when aerich asks, not when Python imports (PEP 562)."""
    if name != "TORTOISE_ORM":
        raise AttributeError(name)
    refuse_strangers()
    try:
        url = database_from_environment()
        _prepare(url)
    except (SettingsRejected, DatabaseUnreachable) as refused:
        sys.exit(str(refused))
    return tortoise_config(url)


def _prepare(url: DatabaseUrl) -> None:
    """Let `aerich heads` answer for a database that no server has opened yet.

    In a thread of its own, because aerich reads its configuration inside a running loop.
    """
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, _prepared(url)).result()


async def _prepared(url: DatabaseUrl) -> None:
    try:
        await schema.prepare_bookkeeping(url)
    except Exception as error:
        words = await explained(url, error)
        if words is None:
            raise
        raise DatabaseUnreachable(words) from error
