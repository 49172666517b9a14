"""DATABASE_URL as providers of PostgreSQL hand it out, against a server that wants TLS."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from api.settings.database_url import DatabaseUrl
from models import database, schema
from tests.support.own_postgresql import OwnPostgresql, own_postgresql

pytestmark = pytest.mark.anyio

PASSWORD = "p@ss:w/o?r#d%41 é"


@pytest.fixture(scope="module")
def own() -> Iterator[OwnPostgresql]:
    with own_postgresql() as server:
        server.sql(f"CREATE ROLE bea LOGIN PASSWORD '{PASSWORD}'")
        yield server


async def asked(url: str, statement: str = "SELECT current_user AS answer") -> Any:
    async with database.opened(DatabaseUrl.parse(url)):
        rows = await database.connection().execute_query_dict(statement)
    return rows[0]["answer"]


async def refused(url: str) -> str:
    with pytest.raises(database.DatabaseUnreachable) as unreachable:
        await asked(url)
    said = str(unreachable.value)
    assert said.startswith("DATABASE_URL: ")
    assert "\n" not in said
    return said


@pytest.mark.parametrize("sslmode", ["allow", "prefer", "require", "verify-ca", "verify-full"])
async def test_every_sslmode_reaches_a_server_that_wants_tls(
    own: OwnPostgresql, sslmode: str
) -> None:
    url = f"postgresql://postgres@localhost:{own.port}/postgres?sslmode={sslmode}"
    is_tls = "SELECT ssl AS answer FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    assert await asked(f"{url}&sslrootcert={own.certificate}", is_tls) is True


async def test_a_server_that_is_not_who_it_should_be_is_refused(own: OwnPostgresql) -> None:
    full = f"postgres?sslmode=verify-full&sslrootcert={own.certificate}"
    by_address = f"postgresql://postgres@127.0.0.1:{own.port}/{full}"
    assert "certificate verify failed" in await refused(by_address)
    stranger = f"postgresql://postgres@localhost:{own.port}/postgres?sslrootcert=system"
    assert "certificate verify failed" in await refused(stranger)


@pytest.mark.parametrize("name", ["sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile"])
async def test_a_file_that_is_not_there_is_named_by_its_parameter(
    own: OwnPostgresql, name: str
) -> None:
    url = f"postgresql://postgres@localhost:{own.port}/postgres?sslmode=require&{name}=/no/such"
    assert f"the file that {name} names cannot be read" in await refused(url)


async def test_postgresqls_own_words_are_kept(own: OwnPostgresql) -> None:
    for login, rest, words in (
        ("bea:hunter2", "postgres", 'password authentication failed for user "bea"'),
        ("postgres", "nope", 'database "nope" does not exist'),
        ("postgres", "postgres?sslmode=disable", "no pg_hba.conf entry for host"),
        ("postgres", "postgres?options=-c%20nope%3D1", 'configuration parameter "nope"'),
        (
            "postgres",
            "postgres?options=-c%20work_mem%3Dx",
            'invalid value for parameter "work_mem"',
        ),
        ("postgres", "postgres?options=--x%20y", "--x"),
    ):
        said = await refused(f"postgresql://{login}@localhost:{own.port}/{rest}")
        assert words in said
        assert "hunter2" not in said


@pytest.mark.parametrize("password", [quote(PASSWORD, safe=""), "p@ss:w%2Fo?r#d%2541 é"])
async def test_an_odd_password_is_understood_encoded_or_as_it_is(
    own: OwnPostgresql, password: str
) -> None:
    assert await asked(f"postgres://bea:{password}@localhost:{own.port}/postgres") == "bea"


async def test_a_socket_is_named_as_a_host_or_as_a_parameter(own: OwnPostgresql) -> None:
    folder = quote(str(own.folder), safe="")
    for url in (
        f"postgresql://postgres@{folder}:{own.port}/postgres",
        f"postgresql://postgres@/postgres?host={own.folder}&port={own.port}",
        f"postgresql:///postgres?host={folder}&port={own.port}&user=postgres",
    ):
        assert await asked(url) == "postgres"


async def test_of_several_hosts_the_first_that_answers_is_taken(own: OwnPostgresql) -> None:
    url = f"postgresql://postgres@localhost:1,localhost:{own.port}/postgres"
    assert await asked(f"{url}?target_session_attrs=read-write&connect_timeout=10") == "postgres"


async def test_a_host_that_says_nothing_is_passed_by(own: OwnPostgresql) -> None:
    # It accepts, as a system does whose programs hang.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:{silent.getsockname()[1]},localhost:{own.port}"
        assert (
            await asked(f"postgresql://postgres@{hosts}/postgres?connect_timeout=1") == "postgres"
        )


async def test_a_list_of_hosts_that_are_all_away_is_one_line() -> None:
    assert "127.0.0.1:1,[::1]:1/auth" in await refused("postgresql://127.0.0.1:1,[::1]:1/auth")


async def test_settings_of_the_session_reach_postgresql(own: OwnPostgresql) -> None:
    url = f"postgresql://postgres@localhost:{own.port}/postgres"
    setting = "SELECT concat_ws(' ', current_setting('application_name'), "
    for query, name, expected in (
        ("", "work_mem", "everruns-auth 4MB"),
        ("?application_name=x&options=-c%20work_mem%3D5MB", "work_mem", "x 5MB"),
        ("?search_path=auth", "search_path", "everruns-auth auth"),
    ):
        assert (
            await asked(url + query, f"{setting} current_setting('{name}')) AS answer") == expected
        )


async def test_tables_may_be_in_the_schema_that_the_url_names(own: OwnPostgresql) -> None:
    own.sql("CREATE SCHEMA auth")
    url = DatabaseUrl.parse(
        f"postgresql://postgres@localhost:{own.port}/postgres?options=-c%20search_path%3Dauth"
    )
    await schema.migrate(url)
    # By hand, with the path of whoever it is.
    await asyncio.to_thread(own.sql, "DELETE FROM auth.refresh_tokens; DELETE FROM auth.users")


def test_the_aerich_command_is_told_the_same(own: OwnPostgresql) -> None:
    url = (
        f"postgresql://postgres@localhost:1,localhost:{own.port}/template1"
        f"?sslmode=verify-full&sslrootcert={own.certificate}&channel_binding=prefer"
    )
    done = subprocess.run(
        [Path(sys.executable).with_name("aerich"), "heads"],
        cwd=schema.MIGRATIONS.parent,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "0_20261124000000_first_tables.py" in done.stdout, done.stderr
