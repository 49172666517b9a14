"""For how long a refusal of writes counts: as long as the probe sees it, or some seconds."""

from __future__ import annotations

from typing import Any

import pytest

from api.silences import Silences
from api.writability import NOTED_SECONDS, PATIENCE_SECONDS, Writability
from models.engines.trouble import Trouble

READ_ONLY = Trouble("read-only", "25006", "it is read-only")
FULL = Trouble("full", "53100", "it is full")
SILENT = Trouble("silent", "57P01", "it is gone")


class World:
    """A database that takes writes or not, and the time."""

    def __init__(self) -> None:
        self.now = 1000.0
        probe: Any = None
        self.writability = Writability(probe, Silences(), clock=lambda: self.now)

    def look(self, trouble: Trouble | None = None, *, after: float = 1.0) -> str | None:
        self.now += after
        self.writability.take(trouble)
        return self.writability.refused()


@pytest.fixture
def world() -> World:
    return World()


def test_a_moment_is_no_refusal(world: World) -> None:
    assert world.look(READ_ONLY) is None
    assert world.look(READ_ONLY, after=PATIENCE_SECONDS) is None
    assert world.look(None) is None
    assert world.look(READ_ONLY) is None


def test_what_the_probe_sees_counts_until_it_sees_it_no_more(world: World) -> None:
    world.look(READ_ONLY)
    assert world.look(READ_ONLY, after=PATIENCE_SECONDS + 1) == "read-only"
    assert world.look(None) is None


def test_what_only_requests_meet_counts_for_some_seconds(world: World) -> None:
    world.writability.note(FULL)
    assert world.look(None, after=PATIENCE_SECONDS + 1) == "full"
    world.writability.note(FULL)
    assert world.look(None, after=NOTED_SECONDS - 1) == "full"
    assert world.look(None, after=2) is None


def test_a_database_that_is_away_is_not_one_that_refuses_writes(world: World) -> None:
    world.writability.note(SILENT)
    assert world.look(SILENT, after=PATIENCE_SECONDS + 1) is None
