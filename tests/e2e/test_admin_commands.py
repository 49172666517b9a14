"""`everruns-admin` works beside a running server and takes effect on its very next request.

The commands run in this process: to load them takes longer than what they do. As a process of its
own the script is tried in test_commands.py.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from typer.testing import CliRunner

from api.cli.admin import app
from tests.support.callers import me_everywhere, new_key, newcomer, one_client_a_worker
from tests.support.people import PASSWORD
from tests.support.processes import Ended, Server

# What takes nothing away from anybody is tried on both engines in tests/models.
ON_ONE_ENGINE = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def test_a_created_user_can_sign_in_and_is_listed(server: Server, email: str) -> None:
    arguments = ("create-user", email, "--role", "admin", "--role", "user", "--name", "Zoë")
    made = facts(server, *arguments, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert made["email"] == email
    assert made["roles"] == ["admin", "user"]
    with server.client() as http:
        answer = http.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    assert email in {row["email"] for row in facts(server, "list-users")}
    words = admin(server, "list-users").stdout.splitlines()
    assert words[0].split()[:2] == ["email", "roles"]
    assert any(line.startswith(email) for line in words[1:])


@ON_ONE_ENGINE
def test_an_address_that_is_taken_is_refused_in_one_line(server: Server) -> None:
    ended = admin(server, "create-user", newcomer(server).email, "--password-stdin", stdin="\n")
    assert ended.status == 1
    assert len(ended.stderr.splitlines()) == 1


def test_a_disabled_user_is_out_at_once_and_comes_back(server: Server) -> None:
    person = newcomer(server)
    key = {"Authorization": new_key(server, person)["key"]}
    assert me_everywhere(server, key) == {200}
    assert facts(server, "disable-user", person.email)["disabled_at"]
    assert me_everywhere(server, key) == me_everywhere(server, person.bearer) == {401}
    assert facts(server, "enable-user", person.email)["disabled_at"] is None
    form = {"email": person.email, "password": PASSWORD}
    with server.client() as http:
        assert http.post("/v1/auth/login", json=form).status_code == 200


def test_forced_log_out_ends_sessions_and_leaves_keys(server: Server) -> None:
    person = newcomer(server)
    key = {"Authorization": new_key(server, person)["key"]}
    assert facts(server, "force-logout", person.email) == {"revoked": 1}
    assert me_everywhere(server, person.bearer) == {401}
    assert me_everywhere(server, key) == {200}


@pytest.mark.parametrize("by", ["id", "prefix"])
def test_a_revoked_key_is_refused_at_once(server: Server, by: str) -> None:
    made = new_key(server, newcomer(server))
    named = made["id"] if by == "id" else made["key"][:12]
    assert facts(server, "revoke-key", named)["id"] == made["id"]
    assert me_everywhere(server, {"Authorization": made["key"]}) == {401}
    assert admin(server, "revoke-key", named).status == 1


def test_a_role_holds_from_the_next_request_on(server: Server) -> None:
    person = newcomer(server)
    key = {"Authorization": new_key(server, person)["key"]}
    assert facts(server, "set-role", person.email, "admin")["roles"] == ["admin"]
    with server.client() as http:
        answer = http.get("/v1/auth/verify", params={"role": "admin"}, headers=key)
    assert answer.status_code == 200


@ON_ONE_ENGINE
def test_the_database_is_told_to_be_current(server: Server) -> None:
    told = facts(server, "migrate-info")
    assert told["current"] is True
    assert told["applied"]
    assert told["pending"] == []
    assert facts(server, "migrate") == {"applied": []}
    assert admin(server, "migrate").stdout == "nothing is pending\n"


@ON_ONE_ENGINE
def test_purging_tells_how_much(server: Server) -> None:
    assert all(isinstance(count, int) for count in facts(server, "purge").values())
    assert admin(server, "purge").status == 0


def test_an_account_that_is_unblocked_may_try_again_on_every_worker(server: Server) -> None:
    person = newcomer(server)
    wrong = {"email": person.email, "password": "not the password"}
    with one_client_a_worker(server, each=6) as clients:
        tries = [http.post("/v1/auth/login", json=wrong).status_code for http in clients]
        assert tries == [401] * 10 + [429] * 2
        assert facts(server, "unblock", person.email.upper()) == {"unblocked": person.email}
        form = {"email": person.email, "password": PASSWORD}
        for http in (clients[0], clients[-1]):
            assert http.post("/v1/auth/login", json=form).status_code == 200


@ON_ONE_ENGINE
@pytest.mark.parametrize("named", ["192.0.2.0/24", "nobody", "x" * 300 + "@example.com", ""])
def test_what_nothing_is_counted_by_cannot_be_unblocked(server: Server, named: str) -> None:
    ended = admin(server, "unblock", named)
    assert (ended.status, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Name an e-mail address, an IPv4 address, ")


@ON_ONE_ENGINE
def test_somebody_unknown_is_one_line_and_status_1(server: Server) -> None:
    ended = admin(server, "force-logout", "nobody@example.com")
    assert (ended.status, ended.stdout) == (1, "")
    assert len(ended.stderr.splitlines()) == 1


def admin(server: Server, *arguments: str, stdin: str = "") -> Ended:
    env = {**dict.fromkeys(os.environ), **server.env}
    ended = CliRunner().invoke(app, list(arguments), input=stdin, env=env)
    return Ended(ended.exit_code, ended.stdout, ended.stderr)


def facts(server: Server, *arguments: str, stdin: str = "") -> Any:
    """What the command answers to programs; it must succeed without a word elsewhere."""
    ended = admin(server, *arguments, "--json", stdin=stdin)
    assert ended.status == 0, ended.stderr
    assert ended.stderr == ""
    return json.loads(ended.stdout)
