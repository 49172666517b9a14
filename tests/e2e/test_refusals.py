"""A start that cannot be: one clear line a problem, no traceback, never the value of a secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Ended, environment, run

SECRET = "short-secret-value"
NO_DATABASE = "postgresql://someone:hidden-password@127.0.0.1:5432/there_is_no_such_database"


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = serve(environment(f"sqlite://{tmp_path}/new.db"), "--port", port)
    refused(ended, "AUTH_PORT", port, "in use")
    assert not list(tmp_path.iterdir()), "the database was touched"


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db", AUTH_HOST="192.0.2.1")
    refused(serve(env), "AUTH_HOST", "192.0.2.1")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("/no/such/folder/auth.db", "does not exist"),
        ("/proc/auth.db", "cannot be"),
        ("/etc/hostname/auth.db", "does not exist"),
    ],
)
def test_a_place_where_no_file_can_be_is_named(file: str, words: str) -> None:
    refused(serve(environment(f"sqlite://{file}")), "DATABASE_URL", words)


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("buy milk\n" * 500)
    refused(serve(environment(f"sqlite://{file}")), "DATABASE_URL", "SQLite database")
    assert file.read_text() == "buy milk\n" * 500


def test_a_database_server_that_is_not_there_is_named(unused_port: int) -> None:
    url = f"postgresql://someone:hidden-password@127.0.0.1:{unused_port}/auth"
    refused(serve(environment(url)), "DATABASE_URL", f"127.0.0.1:{unused_port}")


def test_a_database_that_is_not_there_is_named(postgresql_template: str) -> None:
    refused(serve(environment(NO_DATABASE)), "DATABASE_URL", "there_is_no_such_database")


def test_limits_storage_that_is_not_there_is_named(tmp_path: Path, unused_port: int) -> None:
    storage = f"redis://:hidden-password@127.0.0.1:{unused_port}/0"
    env = environment(f"sqlite://{tmp_path}/new.db", AUTH_RATE_LIMIT_STORAGE=storage)
    refused(serve(env), "AUTH_RATE_LIMIT_STORAGE", "does not answer")


def test_a_wrong_mode_never_opens_the_door(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db", AUTH_MODE="fulll")
    refused(serve(env), "AUTH_MODE", "none, admin or full")


def test_every_wrong_setting_is_named_at_once(tmp_path: Path) -> None:
    env = environment(
        f"sqlite://{tmp_path}/new.db",
        AUTH_JWT_SECRET=SECRET,
        AUTH_BCRYPT_COST="99",
        AUTH_LOG_LEVEL="loud",
        CORS_ALLOWED_ORIGINS="*",
        AUTH_GOOGLE_CLIENT_SECRET="hidden-password",
    )
    ended = serve(env)
    names = {line.partition(":")[0] for line in ended.stderr.splitlines()}
    assert names == {
        "AUTH_JWT_SECRET",
        "AUTH_BCRYPT_COST",
        "AUTH_LOG_LEVEL",
        "CORS_ALLOWED_ORIGINS",
        "AUTH_GOOGLE_CLIENT_ID",
    }
    refused(ended, *names, lines=5)


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that is taken and that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def serve(env: dict[str, str], *arguments: str) -> Ended:
    return run("everruns-auth", "serve", "--workers", "2", *(arguments or ("--port", "0")), env=env)


def refused(ended: Ended, *words: str, lines: int = 1) -> None:
    assert ended.status not in (0, None)
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == lines, ended.stderr
    for word in words:
        assert word in ended.stderr
    for secret in ("Traceback", "hidden-password", SECRET):
        assert secret not in ended.stderr
