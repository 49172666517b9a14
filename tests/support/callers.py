"""What people and programs ask of a running server, over connections of their own."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx

from tests.support.people import PASSWORD, Person, made_key, person
from tests.support.processes import Server


def newcomer(server: Server, email: str = "") -> Person:
    """Register somebody, from an address of their own: few may register from one."""
    form = {"email": email or f"{uuid.uuid4().hex}@example.com", "password": PASSWORD}
    with server.client(any_address()) as http:
        answer = http.post("/v1/auth/register", json=form)
    assert answer.status_code == 201, answer.text
    return person(form["email"], answer)


def new_key(server: Server, owner: Person, **fields: object) -> dict[str, Any]:
    """A key of `owner`, as it is shown this one time."""
    form = {"name": "a key", **fields}
    with server.client() as http:
        return made_key(http.post("/v1/auth/api-keys", json=form, headers=owner.bearer))


def me(http: httpx.Client, headers: dict[str, str]) -> int:
    """The status of asking who one is."""
    return http.get("/v1/auth/me", headers=headers).status_code


def me_everywhere(server: Server, headers: dict[str, str], *, connections: int = 12) -> set[int]:
    """The statuses that fresh connections get."""
    statuses = set()
    for _ in range(connections):
        with server.client() as http:
            statuses.add(me(http, headers))
    return statuses


@contextmanager
def one_client_a_worker(server: Server, each: int = 1) -> Iterator[list[httpx.Client]]:
    """Clients with open connections, `each` of them to every worker."""
    with ExitStack() as stack:
        clients = []
        for worker in server.worker_pids:
            with server.only(worker):
                for _ in range(each):
                    clients.append(stack.enter_context(server.client()))
                    assert clients[-1].get("/health").status_code == 200
        yield clients


def any_address() -> str:
    # Not `random`: hypothesis seeds that anew for each example.
    return ".".join(("10", *(str(secrets.randbelow(254) + 1) for _ in range(3))))
