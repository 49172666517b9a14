"""Servers that start at the same moment on one new database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.callers import me, newcomer
from tests.support.databases import postgresql_database, require_postgresql
from tests.support.processes import Server, environment


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table in it."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/new.db"
    else:
        require_postgresql()
        with postgresql_database() as url:
            yield url


def test_both_come_up_and_the_migrations_are_applied_once(new_url: str, tmp_path: Path) -> None:
    env = environment(
        new_url, AUTH_ADMIN_EMAIL="root@example.com", AUTH_ADMIN_PASSWORD="an operator's words"
    )
    with (
        Server(env, tmp_path / "one").start() as one,
        Server(env, tmp_path / "other").start() as other,
    ):
        one.wait_until_all_serve()
        other.wait_until_all_serve()
        with one.client() as http, other.client() as http_of_other:
            assert http.get("/ready").status_code == 200
            assert me(http_of_other, newcomer(one).bearer) == 200
        for server in (one, other):
            assert server.stop() == 0, server.stderr
            server.assert_gone()
        assert (one.stderr + other.stderr).count("the database was migrated") == 1
