from __future__ import annotations

from datetime import UTC, datetime

import pytest

from api.authentication.eligibility import environment_email, is_eligible
from models import ANONYMOUS_ID, User
from models.types import new_id
from tests.support.applications import settings_for

URL = "sqlite://unused.db"
OPERATOR = {"AUTH_ADMIN_EMAIL": " Root@Example.com", "AUTH_ADMIN_PASSWORD": "p"}
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def user(email: str, **columns: object) -> User:
    return User(**{"id": new_id(), "email": email, "disabled_at": None, **columns})


ANONYMOUS = user("anonymous@local", id=ANONYMOUS_ID)
ANN = user("ann@example.com")
ROOT = user("root@example.com")


@pytest.mark.parametrize(
    ("mode", "admitted"),
    [
        ("none", [ANONYMOUS, ANN, ROOT]),
        ("admin", [ROOT]),
        ("full", [ANN, ROOT]),
    ],
)
def test_who_counts_depends_on_the_mode(mode: str, admitted: list[User]) -> None:
    settings = settings_for(URL, AUTH_MODE=mode, **OPERATOR)
    everyone = (ANONYMOUS, ANN, ROOT)
    assert [one for one in everyone if is_eligible(one, settings)] == admitted


@pytest.mark.parametrize("mode", ["none", "admin", "full"])
def test_nobody_who_is_disabled_counts_in_any_mode(mode: str) -> None:
    settings = settings_for(URL, AUTH_MODE=mode, **OPERATOR)
    assert not is_eligible(user("root@example.com", disabled_at=NOW), settings)


def test_an_unset_operator_is_nobodys_address() -> None:
    assert environment_email(settings_for(URL)) == ""
