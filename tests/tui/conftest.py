"""A world a test: the real API in process on SQLite, for the engines have tests of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from zlib import crc32

import pytest

from api.settings import Settings
from tests.api.clients import OPERATOR
from tests.support.applications import settings_for
from tests.support.databases import copied_sqlite
from tests.tui.world import SIZES, World, world_of


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    return copied_sqlite(sqlite_template, tmp_path)


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url, **OPERATOR)


@pytest.fixture
async def world(settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    async with world_of(settings, tmp_path) as world:
        yield world


@pytest.fixture
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """One of the two sizes, by turns over the tests; `test_layouts.py` tries every view in both."""
    return SIZES[crc32(request.node.name.encode()) % len(SIZES)]
