"""An operator who is signed in, beside people who are none."""

from __future__ import annotations

import httpx
import pytest

from models import User
from tests.api.people import Person, registered, signed_in


@pytest.fixture
async def root(http: httpx.AsyncClient) -> Person:
    """An operator."""
    person = await registered(http, "root@example.com", "Root")
    await User.filter(id=person.id).update(roles=["admin"])
    return await signed_in(http, person.email)
