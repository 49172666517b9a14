"""Fixtures that every package of tests uses: an event loop, and a fresh database an engine."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import (
    copied_sqlite,
    migrated,
    postgresql_database,
    require_postgresql,
)

if "PYTEST_XDIST_WORKER" in os.environ:
    # Until tests are collected nothing that is loaded becomes garbage.
    gc.disable()


def pytest_collection_finish() -> None:
    """Keep the collector of cycles from looking through all that was imported, again and again."""
    gc.enable()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "auth.db"
    migrated(f"sqlite://{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    require_postgresql()
    with postgresql_database() as url:
        yield migrated(url).rpartition("/")[2]


@pytest.fixture(scope="session")
def kept_postgresql(postgresql_template: str) -> Iterator[str]:
    """A database that many tests use one after the other: emptying one is quicker than making one."""
    with postgresql_database(postgresql_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a migrated, empty database of the test's own, once on each engine."""
    if request.param == "sqlite":
        yield copied_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    else:
        template = request.getfixturevalue("postgresql_template")
        with postgresql_database(template) as url:
            yield url
