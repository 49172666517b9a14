"""A world a test: the real API in process on SQLite, for the engines have tests of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from api.settings import Settings
from tests.api.clients import OPERATOR
from tests.support.applications import settings_for
from tests.support.databases import copied_sqlite
from tests.tui.stylesheets import remember_styles
from tests.tui.world import SIZES, Size, World, world_of


@pytest.fixture(scope="session", autouse=True)
def _styles() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        remember_styles(patch)
        yield


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, **OPERATOR)


@pytest.fixture(params=SIZES, ids=["80x24", "100x30"])
def size(request: pytest.FixtureRequest) -> Size:
    """Of the terminal: whoever has a world is tried at both, or says `at_one_size`."""
    size: Size = request.param
    return size


@pytest.fixture
async def world(settings: Settings, tmp_path: Path, size: Size) -> AsyncIterator[World]:
    async with world_of(settings, tmp_path, size) as world:
        yield world
