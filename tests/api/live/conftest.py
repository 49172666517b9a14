"""Ann is an operator here; Bob is not."""

from __future__ import annotations

import httpx
import pytest

from tests.api.clients import by_hand
from tests.api.people import Person, registered

MAKE_OPERATOR = """UPDATE users SET roles = '["admin"]' WHERE email = ?"""


@pytest.fixture
async def ann(http: httpx.AsyncClient, database_url: str) -> Person:
    person = await registered(http)
    await by_hand(database_url, MAKE_OPERATOR, person.email)
    return person
