"""A provider of OpenID Connect at which Ann is known, and a server that lets people in by it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.settings import Settings
from tests.api.browsers import with_oidc
from tests.support.fake_providers import FakeOpenId


@pytest.fixture
def oidc() -> Iterator[FakeOpenId]:
    with FakeOpenId(email="ann@example.com", email_verified=True) as fake:
        yield fake


@pytest.fixture
def settings(database_url: str, oidc: FakeOpenId) -> Settings:
    return with_oidc(database_url, oidc)
