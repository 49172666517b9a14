"""Random histories over two processes, compared with a plain model after every step.

Two servers on one database stand for two nodes. After each step every credential is shown to both:
none that the model calls dead may be let in, and none that it calls alive refused.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.support.callers import me, new_key, newcomer
from tests.support.databases import execute
from tests.support.people import Person
from tests.support.processes import Server, environment, eventually

NODES = st.integers(0, 1)


@pytest.fixture
def nodes(database_url: str, tmp_path: Path) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        servers = []
        for name in ("a", "b"):
            env = environment(database_url)
            server = stack.enter_context(Server(env, tmp_path / name, workers=1).start())
            servers.append(server.wait_until_it_answers())
        for server in servers:
            with server.client() as http:
                eventually(lambda http=http: http.get("/ready").json()["changes"] == "heard", 15)  # type: ignore[misc]
        yield servers


def test_both_nodes_agree_with_a_plain_model(nodes: list[Server]) -> None:  # noqa: C901
    class Credentials(RuleBasedStateMachine):
        users: Bundle[Person] = Bundle("users")
        keys: Bundle[tuple[Person, dict[str, Any]]] = Bundle("keys")

        def __init__(self) -> None:
            super().__init__()
            self.clients = [node.client() for node in nodes]
            # Every credential that was ever given out, with its owner.
            self.owners: dict[str, Person] = {}
            self.ended: set[str] = set()
            self.disabled: set[str] = set()

        def teardown(self) -> None:
            for client in self.clients:
                client.close()

        @rule(target=users, node=NODES)
        def register(self, node: int) -> Person:
            person = newcomer(nodes[node])
            self.owners[person.bearer["Authorization"]] = person
            return person

        @rule(target=keys, person=users, node=NODES)
        def make_key(self, person: Person, node: int) -> tuple[Person, dict[str, Any]]:
            if not self.is_alive(person.bearer["Authorization"]):
                return person, {}
            made = new_key(nodes[node], person)
            self.owners[made["key"]] = person
            return person, made

        @rule(key=consumes(keys), node=NODES)
        def revoke_key(self, key: tuple[Person, dict[str, Any]], node: int) -> None:
            person, made = key
            if made and self.is_alive(person.bearer["Authorization"]):
                path = f"/v1/auth/api-keys/{made['id']}"
                self.clients[node].delete(path, headers=person.bearer).raise_for_status()
                self.ended.add(made["key"])
                self.settle()

        @rule(key=consumes(keys))
        def delete_key_by_hand(self, key: tuple[Person, dict[str, Any]]) -> None:
            if key[1]:
                self.by_hand(f"DELETE FROM api_keys WHERE id = '{key[1]['id']}'")
                self.ended.add(key[1]["key"])

        @rule(person=users, node=NODES)
        def log_out(self, person: Person, node: int) -> None:
            self.clients[node].post("/v1/auth/logout", headers=person.bearer).raise_for_status()
            self.ended.add(person.bearer["Authorization"])
            self.settle()

        @rule(person=users)
        def end_sessions_by_hand(self, person: Person) -> None:
            self.by_hand(f"DELETE FROM refresh_tokens WHERE user_id = '{person.id}'")
            self.ended.add(person.bearer["Authorization"])

        @rule(person=users)
        def disable_by_hand(self, person: Person) -> None:
            self.by_hand(
                f"UPDATE users SET disabled_at = CURRENT_TIMESTAMP WHERE id = '{person.id}'"
            )
            self.disabled.add(person.email)

        @rule(person=users)
        def enable_by_hand(self, person: Person) -> None:
            self.by_hand(f"UPDATE users SET disabled_at = NULL WHERE id = '{person.id}'")
            self.disabled.discard(person.email)

        def by_hand(self, statement: str) -> None:
            asyncio.run(execute(nodes[0].env["DATABASE_URL"], statement))
            self.settle()

        def settle(self) -> None:
            """SQLite has no window at all; PostgreSQL's is the delivery of one notification."""
            if not nodes[0].env["DATABASE_URL"].startswith("sqlite"):
                time.sleep(0.05)

        def is_alive(self, header: str) -> bool:
            return header not in self.ended and self.owners[header].email not in self.disabled

        @invariant()
        def nodes_agree_with_the_model(self) -> None:
            for header in self.owners:
                expected = 200 if self.is_alive(header) else 401
                for client in self.clients:
                    assert me(client, {"Authorization": header}) == expected
                    assert verified(client, header) == expected

    run_state_machine_as_test(
        Credentials,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def verified(client: httpx.Client, header: str) -> int:
    return client.get("/v1/auth/verify", headers={"Authorization": header}).status_code
