"""A database that answers and takes no writes: 503 in words, and full service once it takes them."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import copyfile

import pytest

from tests.support.callers import new_key, newcomer
from tests.support.databases import copied_sqlite, execute, postgresql_database
from tests.support.people import Person
from tests.support.processes import Server, environment, eventually, run

pytestmark = pytest.mark.slow

PASSWORD = "correct horse battery"
END_BACKENDS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# Six are promised, of one server on an idle machine.
SECONDS = 30.0


@pytest.fixture
def url(postgresql_template: str) -> Iterator[str]:
    with postgresql_database(postgresql_template) as name:
        yield name


@contextmanager
def serving(url: str, folder: Path) -> Iterator[tuple[Server, Person]]:
    with Server(environment(url), folder).start() as server:
        server.wait_until_all_serve()
        person = newcomer(server)
        new_key(server, person)
        yield server, person


def execute_(url: str, *statements: str) -> None:
    for statement in statements:
        asyncio.run(execute(url, statement))


def make(url: str, state: str) -> None:
    """Turn the database read-only (`on`), or back, and lose every connection to it."""
    server, _, name = url.rpartition("/")
    change = f'ALTER DATABASE "{name}" SET default_transaction_read_only = {state}'
    execute_(f"{server}/postgres", change)
    if state == "on":
        execute_(url, END_BACKENDS)


def log_in(server: Server, person: Person) -> int:
    form = {"email": person.email, "password": PASSWORD}
    with server.client() as http:
        return http.post("/v1/auth/login", json=form).status_code


def says(server: Server, word: str) -> bool:
    """Whether every worker's `/ready` names the database so."""
    said = []
    for worker in server.worker_pids:
        with server.only(worker), server.client() as http:
            ready = http.get("/ready")
        said.append(ready.json()["database"])
        assert ready.status_code == (200 if said[-1] == "ok" else 503)
    return set(said) == {word}


def recovers(server: Server, person: Person) -> None:
    eventually(lambda: log_in(server, person) == 200, SECONDS)
    eventually(lambda: says(server, "ok"), SECONDS)
    assert "Traceback" not in server.stderr
    assert "unexpected error" not in server.stderr


def test_a_database_that_turned_read_only_is_named_and_forgiven(url: str, tmp_path: Path) -> None:
    with serving(url, tmp_path) as (server, person):
        make(url, "on")
        eventually(lambda: log_in(server, person) == 503, SECONDS)
        eventually(lambda: says(server, "read-only"), SECONDS)
        form = {"refresh_token": person.refresh_token}
        with server.client() as http:
            assert http.post("/v1/auth/refresh", json=form).status_code == 503
            assert http.get("/v1/auth/verify", headers=person.bearer).status_code == 200
        ended = run("everruns-admin", "force-logout", person.email, env=environment(url))
        assert (ended.status, ended.stderr.count("\n")) == (1, 1), ended.stderr
        assert "read-only" in ended.stderr
        make(url, "off")
        recovers(server, person)


def test_a_right_that_was_taken_is_named_and_forgiven(url: str, tmp_path: Path) -> None:
    with role(url) as (name, mine), serving(mine, tmp_path) as (server, person):
        execute_(url, f"REVOKE INSERT ON refresh_tokens FROM {name}")
        eventually(lambda: log_in(server, person) == 503, SECONDS)
        ended = run("everruns-admin", "list-users", env=environment(mine))
        assert ended.status == 0
        execute_(url, f"REVOKE SELECT ON users FROM {name}")
        ended = run("everruns-admin", "list-users", env=environment(mine))
        assert (ended.status, ended.stderr.count("\n")) == (1, 1), ended.stderr
        assert f"GRANT SELECT ON users TO {name}" in ended.stderr
        execute_(url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
        recovers(server, person)


@contextmanager
def role(url: str) -> Iterator[tuple[str, str]]:
    """A role that may read and write all tables, and the URL with its name in it."""
    name = f"role_{url.rpartition('_')[2]}"
    execute_(url, f"CREATE ROLE {name} LOGIN")
    execute_(url, f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
    try:
        yield name, url.replace("//postgres@", f"//{name}@")
    finally:
        execute_(url, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_role_that_may_not_write_is_refused_at_the_start(url: str) -> None:
    with role(url) as (name, mine):
        execute_(url, f"REVOKE INSERT, DELETE ON users FROM {name}")
        ended = run("everruns-auth", "serve", "--port", "0", env=environment(mine))
        assert ended.status == 1
        (line,) = ended.stderr.splitlines()
        assert f"GRANT DELETE, INSERT ON users TO {name}" in line or (
            f"GRANT INSERT, DELETE ON users TO {name}" in line
        )


def test_a_read_only_database_is_refused_at_the_start(url: str) -> None:
    make(url, "on")
    ended = run("everruns-auth", "serve", "--port", "0", env=environment(url))
    assert ended.status == 1
    (line,) = ended.stderr.splitlines()
    assert "read-only" in line


def test_a_role_that_may_not_make_tables_is_told_which_grant(tmp_path: Path) -> None:
    with postgresql_database() as url, role(url) as (name, mine):
        execute_(url, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        for command in ("migrate",), ("migrate-info",):
            ended = run("everruns-admin", *command, env=environment(mine))
            assert len(ended.stderr.splitlines()) <= 1
        ended = run("everruns-auth", "serve", "--port", "0", env=environment(mine))
        (line,) = ended.stderr.splitlines()
        assert f"GRANT CREATE ON SCHEMA public TO {name}" in line
        assert "report this" not in line


def test_a_lock_that_somebody_holds_is_named_and_forgiven(
    sqlite_template: Path, tmp_path: Path
) -> None:
    url = copied_sqlite(sqlite_template, tmp_path)
    with serving(url, tmp_path) as (server, person):
        file = url.removeprefix("sqlite://")
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            eventually(lambda: says(server, "locked"), SECONDS)
            assert log_in(server, person) == 503
            ended = run("everruns-admin", "force-logout", person.email, env=environment(url))
            assert (ended.status, ended.stderr.count("\n")) == (1, 1), ended.stderr
        recovers(server, person)


@pytest.mark.parametrize("is_replaced", [False, True], ids=["removed", "replaced"])
def test_a_file_that_is_another_is_not_used_on(
    sqlite_template: Path, tmp_path: Path, *, is_replaced: bool
) -> None:
    url = copied_sqlite(sqlite_template, tmp_path)
    file = Path(url.removeprefix("sqlite://"))
    with serving(url, tmp_path) as (server, person):
        file.rename(tmp_path / "away.db")
        if is_replaced:
            copyfile(sqlite_template, file)
        eventually(lambda: says(server, "replaced"), SECONDS)
        assert log_in(server, person) == 503
        eventually(lambda: verifies(server, person) == {503}, SECONDS)
        words = "database file was removed or replaced"
        eventually(lambda: server.stderr.count(words) == server.workers, SECONDS)
        server.kill(server.worker_pids[0])
        eventually(lambda: len(server.worker_pids) == server.workers, SECONDS)
        server.wait_until_all_serve()
        assert says(server, "replaced")
        (tmp_path / "away.db").rename(file)
        recovers(server, person)


def verifies(server: Server, person: Person) -> set[int]:
    """What every worker answers to a check of the access token."""
    statuses = set()
    for worker in server.worker_pids:
        with server.only(worker), server.client() as http:
            statuses.add(http.get("/v1/auth/verify", headers=person.bearer).status_code)
    return statuses
