"""A world a test: the real API in process on SQLite, for the engines have tests of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

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


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    chosen: tuple[int, int] = request.param
    return chosen
