"""A world a test: the real API in process on SQLite, for the engines have tests of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zlib import crc32

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


# Every key and every dialog is tried at both sizes here; elsewhere the sizes go by turns over the tests.
AT_BOTH_SIZES = {"test_every_key.py", "test_acting.py", "test_unlinking.py", "test_layouts.py"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the size whose turn it is not, so that the tests stay within five minutes."""
    left_out = [item for item in items if _is_out_of_turn(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_out_of_turn(item: pytest.Item) -> bool:
    if item.path.parent != Path(__file__).parent or item.path.name in AT_BOTH_SIZES:
        return False
    size = getattr(item, "callspec", None) and item.callspec.params.get("size")  # type: ignore[attr-defined]
    is_said = any(mark.args[0] == "size" for mark in item.iter_markers("parametrize"))
    if size is None or is_said:
        return False
    turn = crc32(item.originalname.encode()) % len(SIZES)  # type: ignore[attr-defined]
    return bool(size != SIZES[turn])
