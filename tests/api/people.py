"""People who use the server: how they come in, and what they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import jwt

from models import AuditEvent, User
from tests.support.applications import PASSWORD, SECRET

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, with the tokens of one session."""

    id: str
    email: str
    session_id: str
    access_token: str
    refresh_token: str

    @property
    def bearer(self) -> dict[str, str]:
        return bearer(self.access_token)

    @property
    def cookie(self) -> dict[str, str]:
        """What a browser sends of its own accord."""
        return {"Cookie": f"access_token={self.access_token}; refresh_token={self.refresh_token}"}


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
    answer = await http.post(
        "/v1/auth/api-keys", json={"name": "a key", **fields}, headers=owner.bearer
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def person(email: str, answer: httpx.Response) -> Person:
    """Whoever was given this token body."""
    body = answer.json()
    claims = claims_of(body["access_token"])
    return Person(
        id=claims["sub"],
        email=email,
        session_id=claims["sid"],
        access_token=body["access_token"],
        refresh_token=body["refresh_token"],
    )


def claims_of(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


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
