"""People who use the server: how they come in, and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import jwt

from models import AuditEvent, User
from tests.support.applications import SECRET
from tests.support.people import PASSWORD, Person, claims_of, made_key, person

Headers = Mapping[str, str]


async def registered(
    http: httpx.AsyncClient, email: str = "ann@example.com", name: str = "Ann"
) -> Person:
    """A newcomer."""
    form = {"email": email, "password": PASSWORD, "name": name}
    answer = await http.post("/v1/auth/register", json=form)
    assert answer.status_code == 201, answer.text
    return person(email, answer)


async def signed_in(
    http: httpx.AsyncClient, email: str = "ann@example.com", password: str = PASSWORD
) -> Person:
    """Somebody with one more session."""
    answer = await log_in(http, email, password)
    assert answer.status_code == 200, answer.text
    return person(email, answer)


async def log_in(
    http: httpx.AsyncClient, email: str = "ann@example.com", password: str = PASSWORD
) -> httpx.Response:
    form = {"email": email, "password": password}
    return await http.post("/v1/auth/login", json=form)


async def refresh(http: httpx.AsyncClient, token: str) -> httpx.Response:
    return await http.post("/v1/auth/refresh", json={"refresh_token": token})


async def me(http: httpx.AsyncClient, headers: Headers) -> httpx.Response:
    return await http.get("/v1/auth/me", headers=headers)


async def new_key(http: httpx.AsyncClient, owner: Person, **fields: object) -> dict[str, Any]:
    """A key of `owner`, as it is shown this one time."""
    form = {"name": "a key", **fields}
    return made_key(await http.post("/v1/auth/api-keys", json=form, headers=owner.bearer))


def resigned(token: str, *, secret: str = SECRET, **changes: object) -> str:
    """The token with other claims, signed by somebody who knows `secret`."""
    return jwt.encode({**claims_of(token), **changes}, secret, algorithm="HS256")


async def audited(action: str) -> list[AuditEvent]:
    """The rows of an action, newest first."""
    return await AuditEvent.filter(action=action)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """A refusal's status and words."""
    return answer.status_code, answer.json()["error"]


async def verify(person: Person) -> None:
    """Somebody whose address is verified, as an operator writes it."""
    await User.filter(id=person.id).update(email_verified=True)
