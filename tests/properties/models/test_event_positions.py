"""Whatever a listener names as its place, the database is not made to complain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings.database_url import DatabaseUrl
from models import database, events
from models.event_position import Position

numbers = st.one_of(
    st.integers(0, 5),
    st.sampled_from([2**31, 2**32 - 1, 2**32, 2**32 + 1, 2**63 - 1, 2**63, 2**64, 10**18 - 1]),
)
snapshots = st.builds(
    lambda first, last, listed: f"{first}:{last}:{','.join(map(str, listed))}/",
    numbers,
    numbers,
    st.lists(numbers, max_size=4),
)
likely = st.builds(
    lambda snapshot, number, at: f"{snapshot}{number}@{at}",
    snapshots | st.just(""),
    numbers,
    numbers,
)
texts = likely | st.text(st.characters(max_codepoint=255)) | st.text("0123456789:,/@", max_size=30)


@pytest.fixture
def opened(database_url: str) -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        context = runner.run(database.open_database(DatabaseUrl.parse(database_url)))
        yield runner
        runner.run(database.close_database(context))


@settings(suppress_health_check=list(HealthCheck), max_examples=400)
@given(text=texts)
def test_reading_on_from_it_is_answered(opened: asyncio.Runner, text: str) -> None:
    position = Position.parse(text)
    if position is None:
        return

    async def read_on() -> None:
        if events.is_ours(position):
            position.is_after(await events.present())
            await events.since(position)
            await events.purge(position)

    opened.run(read_on())
