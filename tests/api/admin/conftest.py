"""An operator who is signed in, beside people who are none."""

from __future__ import annotations

import httpx
import pytest

from models import User
from tests.api.people import registered
from tests.support.applications import all_have_heard
from tests.support.people import Person


@pytest.fixture
async def root(http: httpx.AsyncClient) -> Person:
    """An operator with one session."""
    person = await registered(http, "root@example.com", "Root")
    await User.filter(id=person.id).update(roles=["admin"])
    await all_have_heard()
    return person
