"""A client of the application in mode full, people to play with, and a database that is away."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.settings import Settings
from tests.api.clients import answering, unprepared
from tests.api.people import registered
from tests.support.applications import settings_for
from tests.support.databases import copied_sqlite, emptied
from tests.support.people import Person

# What these are about is decided before the database is asked, or by SQL that tests/models tries on
# both engines.
ON_ONE_ENGINE = frozenset(
    {
        *("test_list_parameters", "test_body", "test_browser_rules", "test_config", "test_cookies"),
        *("test_cors", "test_credentials", "test_hostile", "test_identities", "test_lifetimes"),
        *("test_logs", "test_mode_admin", "test_mode_none", "test_state"),
        *("test_failures", "test_prefixes", "test_problems", "test_profile", "test_scopes"),
        *(
            "test_verify",
            "test_sign_in_methods",
            "test_throttle",
            "test_throttle_others",
            "test_login",
        ),
        *("test_logout", "test_stream", "test_stream_rights", "test_sign_in"),
    }
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the second engine where it would try the same a second time."""
    spared = [item for item in items if _is_spared(item)]
    config.hook.pytest_deselected(items=spared)
    items[:] = [item for item in items if item not in spared]


def _is_spared(item: pytest.Item) -> bool:
    # Items of the whole run come by here.
    is_ours = item.path.is_relative_to(Path(__file__).parent)
    return is_ours and item.path.stem in ON_ONE_ENGINE and "[postgresql" in item.name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return copied_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    return emptied(request.getfixturevalue("kept_postgresql"))


@pytest.fixture
def settings(database_url: str) -> Settings:
    return settings_for(database_url)


@pytest.fixture
async def http(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with answering(settings) as client:
        yield client


@pytest.fixture
def behind_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """One proxy is trusted. Asked for before the application is made."""
    monkeypatch.setenv("SANIC_PROXIES_COUNT", "1")


@pytest.fixture
async def ann(http: httpx.AsyncClient) -> Person:
    return await registered(http)


@pytest.fixture
async def bob(http: httpx.AsyncClient) -> Person:
    return await registered(http, "bob@example.com", "Bob")


@pytest.fixture(params=["sqlite", "postgresql"])
async def away(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server whose database does not answer."""
    urls = {
        "sqlite": "sqlite:///no-such-folder/auth.db",
        "postgresql": "postgresql://nobody@127.0.0.1:1/nothing",
    }
    async with unprepared(settings_for(urls[request.param])) as client:
        yield client
    # A failed opening leaves a thread that still wants to tell the loop that it ends.
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and "_connection" in thread.name:
            thread.join()
