"""`aerich heads` and `aerich history`, as an operator types them in the project's root."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models import schema

FILES = [file.name for file in schema.MIGRATIONS.glob("models/[0-9]*_*.py")]


def aerich(command: str, url: str) -> str:
    done = subprocess.run(
        [Path(sys.executable).with_name("aerich"), command],
        cwd=schema.MIGRATIONS.parent,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_heads_of_an_empty_database_are_all_migrations(empty_database_url: str) -> None:
    assert sorted(aerich("heads", empty_database_url).split()) == sorted(FILES)


def test_a_migrated_database_has_no_heads(database_url: str) -> None:
    assert aerich("heads", database_url).strip() == "No available heads."


@pytest.mark.parametrize("state", ["empty", "migrated"])
def test_history_lists_all_migrations(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path, state: str
) -> None:
    url = sqlite_url if state == "migrated" else f"sqlite://{tmp_path / 'new.db'}"
    assert sorted(aerich("history", url).split()) == sorted(FILES)


def test_history_answers_on_postgresql(postgresql_url: str) -> None:
    assert sorted(aerich("history", postgresql_url).split()) == sorted(FILES)


@pytest.mark.parametrize("sslmode", ["disable", "prefer"])
def test_sslmode_in_the_url_is_understood(postgresql_url: str, sslmode: str) -> None:
    said = aerich("heads", f"{postgresql_url}?sslmode={sslmode}")
    assert said.strip() == "No available heads."


def test_an_unusable_url_is_one_line_without_its_password() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("aerich"), "heads"],
        cwd=schema.MIGRATIONS.parent,
        env={**os.environ, "DATABASE_URL": "postgresql://ann:hunter2@127.0.0.1:1/x"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("DATABASE_URL: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2" not in done.stdout + done.stderr
