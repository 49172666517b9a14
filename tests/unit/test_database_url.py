from __future__ import annotations

from pathlib import Path

import pytest

from api.database_url import SSL_MODES, DatabaseUrl, DatabaseUrlRejected
from api.settings import SettingsRejected, database_from_environment


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("sqlite://everruns-auth.db", "everruns-auth.db"),
        ("sqlite:///var/lib/auth.db", "/var/lib/auth.db"),
        ("sqlite://a%20file.db", "a file.db"),
    ],
)
def test_a_sqlite_url_names_a_file(text: str, path: str) -> None:
    url = DatabaseUrl.parse(text)
    assert (url.engine, url.path) == ("sqlite", Path(path))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_a_postgresql_url_names_a_server(scheme: str) -> None:
    url = DatabaseUrl.parse(f"{scheme}://me:p%40ss%2Fword@db.example.com:6432/au%20th")
    assert url == DatabaseUrl(
        engine="postgresql",
        host="db.example.com",
        port=6432,
        user="me",
        password="p@ss/word",
        database="au th",
    )


def test_a_postgresql_url_may_be_short() -> None:
    url = DatabaseUrl.parse("postgresql:///auth")
    assert (url.host, url.port, url.user, url.password) == (
        "127.0.0.1",
        5432,
        None,
        None,
    )


def test_a_socket_folder_is_named_by_a_parameter() -> None:
    url = DatabaseUrl.parse("postgresql:///auth?host=/var/run/postgresql")
    assert url.host == "/var/run/postgresql"


@pytest.mark.parametrize("mode", SSL_MODES)
def test_every_sslmode_of_libpq_is_taken(mode: str) -> None:
    assert DatabaseUrl.parse(f"postgres://db/auth?sslmode={mode}").sslmode == mode


@pytest.mark.parametrize(
    "text",
    [
        "",
        "everruns.db",
        "mysql://QQ/auth",
        "sqlite://",
        "sqlite://QQ?mode=memory",
        "sqlite://QQ#x",
        "sqlite://:memory:",
        "sqlite://%3Amemory%3A",
        "postgresql://QQ",
        "postgresql://QQ:QQ@db/",
        "postgresql://db:QQ/auth",
        "postgresql://db:99999/auth",
        "postgresql://[QQ/auth",
        "postgresql://db/auth?sslmode=QQ",
        "postgresql://db/auth?sslmode",
        "postgresql://db/auth?QQ=1",
    ],
)
def test_what_names_no_usable_database_is_refused_without_repeating_it(
    text: str,
) -> None:
    with pytest.raises(DatabaseUrlRejected) as rejected:
        DatabaseUrl.parse(text)
    assert "QQ" not in str(rejected.value)


def test_the_password_is_never_shown() -> None:
    url = DatabaseUrl.parse("postgresql://me:hidden@db/auth")
    assert "hidden" not in repr(url) + str(url)
    assert str(url) == "PostgreSQL (db:5432/auth)"


def test_the_migration_command_reads_the_same_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db/auth?sslmode=require")
    assert database_from_environment().sslmode == "require"
    monkeypatch.delenv("DATABASE_URL")
    assert database_from_environment().path == Path("everruns-auth.db")


def test_the_migration_command_refuses_by_the_variables_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://hidden")
    with pytest.raises(SettingsRejected) as refused:
        database_from_environment()
    (problem,) = refused.value.problems
    assert problem.startswith("DATABASE_URL: ")
    assert "hidden" not in problem
