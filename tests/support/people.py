"""People who are signed in, and the credentials that they show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx
import jwt

PASSWORD = "correct horse battery"


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
        """The header that a browser sends of its own accord."""
        return {"Cookie": f"access_token={self.access_token}; refresh_token={self.refresh_token}"}


def person(email: str, answer: httpx.Response) -> Person:
    """The holder of the tokens in an answer."""
    body = answer.json()
    claims = claims_of(body["access_token"])
    return Person(
        id=claims["sub"],
        email=email,
        session_id=claims["sid"],
        access_token=body["access_token"],
        refresh_token=body["refresh_token"],
    )


def bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def claims_of(token: str) -> dict[str, Any]:
    """The claims of a token, whose signature is not verified."""
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def made_key(answer: httpx.Response) -> dict[str, Any]:
    """The new key in an answer, which shows its whole text this one time."""
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
