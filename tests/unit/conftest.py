"""An environment in which only what a test says is set."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from api import settings
from api.settings import Settings


@pytest.fixture
def load_with(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    """Read the settings out of an environment that holds the given variables and no other of ours."""
    for name in tuple(os.environ):
        if name.startswith("AUTH_") or name in settings.variables():
            monkeypatch.delenv(name)

    def load(**variables: str) -> Settings:
        for name, text in variables.items():
            monkeypatch.setenv(name, text)
        return settings.load()

    return load
