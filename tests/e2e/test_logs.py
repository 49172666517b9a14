"""What the server says at its start and while it serves, and what it never says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.callers import any_address, new_key, newcomer
from tests.support.people import PASSWORD
from tests.support.processes import SECRET, Server, environment


@pytest.mark.parametrize(
    ("database_url", "log_format"),
    [("sqlite", "text"), ("sqlite", "json"), ("postgresql", "text")],
    indirect=["database_url"],
)
def test_a_life_leaves_no_secret_in_the_log(
    database_url: str, tmp_path: Path, log_format: str
) -> None:
    env = environment(database_url, AUTH_LOG_FORMAT=log_format, AUTH_LOG_LEVEL="debug")
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        secrets = [PASSWORD, SECRET, *live(server)]
        assert server.stop() == 0, server.stderr
        server.assert_gone()
    assert not [secret for secret in secrets if secret in server.stderr]
    assert server.stdout == ""
    assert server.stderr.count("/v1/auth/refresh") >= 2
    if log_format == "json":
        lines = [json.loads(line) for line in server.stderr.splitlines()]
        assert all({"event", "level", "timestamp", "logger"} <= line.keys() for line in lines)


def test_the_start_says_where_what_and_how_many(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url), tmp_path).start() as server:
        server.wait_until_it_answers()
        assert server.stop() == 0, server.stderr
    engine = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    for words in (f"listens on {server.url}", "mode full", engine, "2 worker(s)", "Ctrl-C"):
        assert words in server.stderr
    assert "\x1b" not in server.stderr, "colours are for terminals"


def test_mode_none_open_to_others_is_announced(tmp_path: Path) -> None:
    assert "everyone who can reach" in said_in_mode_none(tmp_path / "open", "0.0.0.0")
    assert "everyone who can reach" not in said_in_mode_none(tmp_path / "closed", "127.0.0.1")


def test_a_mistyped_setting_is_pointed_out(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db", AUTH_DISABLE_SINGUP="true")
    with Server(env, tmp_path, workers=1).start() as server:
        server.wait_until_it_answers()
        assert server.stop() == 0, server.stderr
    assert "did you mean AUTH_DISABLE_SIGNUP?" in server.stderr


def said_in_mode_none(folder: Path, host: str) -> str:
    env = environment(f"sqlite://{folder}/new.db", AUTH_MODE="none", AUTH_HOST=host)
    del env["AUTH_JWT_SECRET"]
    with Server(env, folder, workers=1).start() as server:
        server.wait_until_it_answers()
        assert server.stop() == 0, server.stderr
        return server.stderr


def live(server: Server) -> list[str]:
    """Do what people do, some of it wrong; the secrets that came up."""
    person = newcomer(server)
    key = str(new_key(server, person)["key"])
    with server.client(any_address()) as http:
        for password in (PASSWORD, "not the password"):
            http.post("/v1/auth/login", json={"email": person.email, "password": password})
        form = {"refresh_token": person.refresh_token}
        body = http.post("/v1/auth/refresh", json=form).json()
        http.post("/v1/auth/refresh", json={"refresh_token": person.refresh_token[:-1]})
        for shown in (key, f"Bearer {body['access_token']}", f"ApiKey {key[:-1]}", "nonsense"):
            http.get("/v1/auth/me", headers={"Authorization": shown})
        http.post("/v1/auth/login", content=b'{"password": "not the password"')
    return [
        "not the password",
        key[:-1],
        person.access_token,
        person.refresh_token[:-1],
        body["access_token"],
        body["refresh_token"],
    ]
