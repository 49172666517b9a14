"""The command lines without a server: what is in force, what is pending, new secrets."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import __version__
from tests.support.databases import postgresql_database, require_postgresql
from tests.support.processes import SECRET, environment, run

HIDDEN = "hidden-password"


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a table in it."""
    if request.param == "sqlite":
        yield f"sqlite://{tmp_path}/new.db"
    else:
        require_postgresql()
        with postgresql_database() as url:
            yield url


def test_pending_migrations_are_told_and_applied(new_url: str) -> None:
    env = environment(new_url)
    told = run("everruns-admin", "migrate-info", "--json", env=env)
    assert told.status == 3, told.stderr
    pending = json.loads(told.stdout)["pending"]
    assert pending
    applied = run("everruns-admin", "migrate", env=env)
    assert applied.stdout.splitlines() == [f"applied {name}" for name in pending]
    assert run("everruns-admin", "migrate-info", env=env).status == 0


def test_the_settings_in_force_are_shown_and_secrets_are_not() -> None:
    env = environment(
        f"postgresql://someone:{HIDDEN}@db.example.com/auth",
        AUTH_RATE_LIMIT_STORAGE=f"redis://:{HIDDEN}@cache.example.com/0",
        AUTH_GITHUB_CLIENT_ID="an-id",
        AUTH_GITHUB_CLIENT_SECRET=HIDDEN,
    )
    ended = run("everruns-auth", "config", env=env)
    assert (ended.status, ended.stderr) == (0, "")
    for secret in (HIDDEN, SECRET):
        assert secret not in ended.stdout
    shown = {line.split()[0]: line.split()[1:] for line in ended.stdout.splitlines() if line}
    assert shown["AUTH_MODE"] == ["environment", "full"]
    assert shown["AUTH_PORT"] == ["default", "9300"]
    assert shown["AUTH_JWT_SECRET"] == ["environment", "********"]
    assert "db.example.com" in " ".join(shown["DATABASE_URL"])
    uri = "http://localhost:9300/api/v1/auth/callback/github"
    assert f"Register with GitHub as redirect URI: {uri}" in ended.stdout


def test_settings_that_cannot_be_used_are_told_by_config_too() -> None:
    ended = run("everruns-auth", "config", env=environment("mysql://db/auth", AUTH_MODE="open"))
    assert (ended.status, ended.stdout) == (2, "")
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == [
        "AUTH_MODE",
        "DATABASE_URL",
    ]


def test_a_new_secret_is_long_enough_and_new() -> None:
    env = environment("sqlite://unused.db")
    secrets = {run("everruns-admin", "generate-secret", env=env).stdout for _ in range(2)}
    assert len(secrets) == 2
    assert all(re.fullmatch("[0-9a-f]{64}\n", secret) for secret in secrets)


@pytest.mark.parametrize("script", ["everruns-auth", "everruns-admin"])
def test_help_and_version_need_no_settings(script: str) -> None:
    helped = run(script, "help", env={})
    assert helped.status == 0
    assert "Usage" in helped.stdout
    assert run(script, "no-such-command", env={}).status == 2
    assert run("everruns-auth", "version", env={}).stdout == f"{__version__}\n"


def test_a_database_that_is_away_is_one_line_and_status_1() -> None:
    env = environment(f"postgresql://someone:{HIDDEN}@127.0.0.1:1/auth")
    ended = run("everruns-admin", "list-users", env=env)
    assert (ended.status, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1
    assert HIDDEN not in ended.stderr


@pytest.mark.parametrize("arguments", ["--help", "serve --help", "dashboard --help", "config"])
def test_what_the_locale_cannot_write_is_replaced(arguments: str) -> None:
    for encoding in ("ascii", "latin-1"):
        env = environment("sqlite://new.db", LC_ALL="C", PYTHONIOENCODING=encoding)
        ended = run("everruns-auth", *arguments.split(), env=env)
        assert (ended.status, ended.stderr) == (0, "")
        assert ended.stdout


@pytest.mark.parametrize("arguments", ["--help", "dashboard --help", "config"])
def test_a_full_disk_is_one_line(arguments: str) -> None:
    shell = f'exec "$0" {arguments} > /dev/full'
    command = ["sh", "-c", shell, str(Path(sys.executable).with_name("everruns-auth"))]
    ended = subprocess.run(
        command, env=environment("sqlite://new.db"), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (1, "standard output: No space left on device\n")


def test_a_closed_output_is_no_trace() -> None:
    script = str(Path(sys.executable).with_name("everruns-auth"))
    for arguments, words in (
        ("--help", ""),
        ("dashboard --once users", "standard output: it is closed\n"),
    ):
        ended = subprocess.run(
            ["sh", "-c", f'exec "$0" {arguments} >&-', script],
            env=environment("sqlite://new.db"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, ended.stderr) == (int(bool(words)), words)
