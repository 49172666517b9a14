"""One server of two workers for all tests of a module, on each engine; everybody is somebody new."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import copied_sqlite, postgresql_database
from tests.support.processes import Server, environment

OPERATOR = {
    "AUTH_ADMIN_EMAIL": "root@example.com",
    "AUTH_ADMIN_PASSWORD": "the operator's own words",
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Two workers that serve a migrated database; an end without a trace is part of the fixture."""
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        yield from _serving(copied_sqlite(_template(request), folder), folder)
    else:
        with postgresql_database(request.getfixturevalue("postgresql_template")) as url:
            yield from _serving(url, folder)


@pytest.fixture
def email() -> str:
    """An address that nobody has had before."""
    return f"{uuid.uuid4().hex}@example.com"


def _serving(url: str, folder: Path) -> Iterator[Server]:
    with Server(environment(url, **OPERATOR), folder).start() as server:
        server.wait_until_all_serve()
        yield server
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def _template(request: pytest.FixtureRequest) -> Path:
    template: Path = request.getfixturevalue("sqlite_template")
    return template
