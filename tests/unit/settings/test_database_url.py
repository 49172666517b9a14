from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import SettingsRejected, database_from_environment
from api.settings.database_url import SSL_MODES, DatabaseUrl, DatabaseUrlRejected


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
        "postgresql://db/auth?sslmode=require&",
        "postgresql://me:1/QQ@db/auth",
        "postgresql://me:1/QQ?QQ@db/auth",
        "postgresql://::1/auth",
        "postgresql://h1,,QQ/auth",
        "postgresql://QQ QQ/auth",
        "postgresql://QQ..QQ/auth",
        "postgresql://db:0/auth",
        "postgresql://h1,h2/auth?port=1,2,3",
        "postgresql://me:QQ%00@db/auth",
        "postgresql://me:QQ%FF@db/auth",
        "postgresql://db/" + "Q" * 9_000,
    ],
)
def test_what_names_no_usable_database_is_refused_without_repeating_it(
    text: str,
) -> None:
    with pytest.raises(DatabaseUrlRejected) as rejected:
        DatabaseUrl.parse(text)
    assert "QQ" not in str(rejected.value)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("postgresql://db/a", [("db", 5432)]),
        ("postgresql://db:/a", [("db", 5432)]),
        ("postgresql://h1:5433,h2/a", [("h1", 5433), ("h2", 5432)]),
        ("postgresql://[::1]:6432/a", [("::1", 6432)]),
        ("postgresql://[fe80::1%25eth0],db/a", [("fe80::1%eth0", 5432), ("db", 5432)]),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/a", [("/var/run/postgresql", 5432)]),
        ("postgresql:///a?host=h1,h2&port=1", [("h1", 1), ("h2", 1)]),
        ("postgresql:///a?host=::1,/tmp&port=1,2", [("::1", 1), ("/tmp", 2)]),
        ("postgresql://old:1/a?host=new", [("new", 1)]),
    ],
)
def test_hosts_are_read_as_libpq_reads_them(text: str, hosts: list[tuple[str, int]]) -> None:
    assert list(DatabaseUrl.parse(text).hosts) == hosts


def test_what_libpq_says_in_parameters_is_understood() -> None:
    url = DatabaseUrl.parse(
        "postgresql:///?dbname=a+b&user=me&password=p+w%20d&connect_timeout=15&ssl=true"
        "&application_name=x&options=-c%20search_path%3Dauth&channel_binding=prefer"
        "&gssencmode=disable&target_session_attrs=read-write&prepared_statements=off"
    )
    assert (url.database, url.user, url.password) == ("a+b", "me", "p+w d")
    assert (url.connect_seconds, url.sslmode, url.has_prepared_statements) == (15, "require", False)
    assert dict(url.session) == {"application_name": "x", "options": "-c search_path=auth"}
    assert "target_session_attrs=read-write" in url.dsns()[0]


@pytest.mark.parametrize(
    "parameter",
    [
        *("channel_binding=require", "gssencmode=require", "sslcompression=1", "sslsni=0"),
        *("keepalives=1", "keepalives_idle=30", "tcp_user_timeout=1", "hostaddr=127.0.0.1"),
        *("service=x", "sslcrldir=x", "target_session_attrs=standby", "connect_timeout=0"),
        *("requirepeer=x", "require_auth=none", "load_balance_hosts=random", "sslmode="),
        *("pgbouncer=true", "schema=x", "currentSchema=x", "prepared_statements=no", "sslmode=on"),
        *("ssl=0", "sslmod=require", "ssl_min_protocol_version=SSLv3", "client_encoding=latin1"),
    ],
)
def test_a_parameter_that_cannot_be_kept_is_refused_by_its_name(parameter: str) -> None:
    name, _, value = parameter.partition("=")
    with pytest.raises(DatabaseUrlRejected, match=rf"\b{name}\b") as rejected:
        DatabaseUrl.parse(f"postgresql://me:hidden@db/auth?{parameter}")
    assert "hidden" not in str(rejected.value)
    assert "\n" not in str(rejected.value)
    assert value in ("", "0", "1", "x", "no", "on", "true") or value not in str(rejected.value)


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(DatabaseUrlRejected, match="has sslmode twice"):
        DatabaseUrl.parse("postgresql://db/auth?sslmode=verify-full&sslmode=disable")


def test_the_trust_of_the_system_verifies_in_full() -> None:
    assert DatabaseUrl.parse("postgresql://db/a?sslrootcert=system").sslmode == "verify-full"
    with pytest.raises(DatabaseUrlRejected, match="verify-full"):
        DatabaseUrl.parse("postgresql://db/a?sslrootcert=system&sslmode=require")


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
