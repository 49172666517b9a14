"""Databases as these tests need them: empty ones, and a migrated one that is already open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from api.settings.database_url import DatabaseUrl
from models import database
from tests.support.databases import (
    copied_sqlite,
    emptied,
    postgresql_database,
    require_postgresql,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without a single table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path / 'empty.db'}"
    else:
        require_postgresql()
        with postgresql_database() as url:
            yield url


@pytest.fixture
def other_empty_database_url(empty_database_url: str, tmp_path: Path) -> Iterator[str]:
    """A second empty database, on the engine of `empty_database_url`."""
    if empty_database_url.startswith("sqlite://"):
        yield f"sqlite://{tmp_path / 'other.db'}"
    else:
        with postgresql_database() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database, once on each engine."""
    if request.param == "sqlite":
        return copied_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    return emptied(request.getfixturevalue("kept_postgresql"))


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database_url(request: pytest.FixtureRequest) -> str:
    """As `database_url`, for tests that change the schema: nobody else ever uses it."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated SQLite database, for what only SQLite does."""
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def postgresql_url(postgresql_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database, for what only PostgreSQL does."""
    with postgresql_database(postgresql_template) as url:
        yield url


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[str]:
    """The URL of a migrated database that is open for as long as the test runs."""
    async with database.opened(DatabaseUrl.parse(database_url)):
        yield database_url
