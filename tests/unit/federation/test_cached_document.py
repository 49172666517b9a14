from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import pytest

from api.federation.cached_document import FAILED, FRESH, PAUSE, STALE, CachedDocument
from api.federation.failures import ProviderTrouble

pytestmark = pytest.mark.anyio


@dataclass
class Library:
    """Hands out a numbered copy each time, or is closed; `now` is its clock."""

    now: float = 1_000_000.0
    fetched: int = 0
    is_closed: bool = False
    kept: CachedDocument[int] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = CachedDocument(self.fetch, clock=lambda: self.now)

    async def fetch(self) -> int:
        self.fetched += 1
        await asyncio.sleep(0)
        if self.is_closed:
            raise ProviderTrouble("closed")
        return self.fetched


async def test_many_at_once_are_one_fetch() -> None:
    library = Library()
    assert await asyncio.gather(*[library.kept.fresh() for _ in range(20)]) == [1] * 20


async def test_it_is_kept_for_an_hour() -> None:
    library = Library()
    await library.kept.fresh()
    library.now += FRESH - 1
    assert await library.kept.fresh() == 1
    library.now += 1
    assert await library.kept.fresh() == 2


async def test_who_misses_something_gets_a_newer_one_at_once_and_then_now_and_then() -> None:
    library = Library()
    await library.kept.fresh()
    assert await asyncio.gather(*[library.kept.newer() for _ in range(20)]) == [2] * 20
    library.now += PAUSE - 1
    assert await library.kept.newer() == 2
    library.now += 1
    assert await asyncio.gather(*[library.kept.newer() for _ in range(20)]) == [3] * 20


async def test_who_misses_something_gets_the_old_one_where_there_is_no_newer() -> None:
    library = Library()
    await library.kept.fresh()
    library.is_closed = True
    assert [await library.kept.newer() for _ in range(20)] == [1] * 20
    assert library.fetched == 2
    library.is_closed = False
    library.now += max(PAUSE, FAILED)
    assert await library.kept.newer() == 3


async def test_an_old_one_serves_for_a_day_while_there_is_no_newer() -> None:
    library = Library()
    await library.kept.fresh()
    library.is_closed = True
    library.now += STALE - 1
    assert await library.kept.fresh() == 1
    library.now += 1
    with pytest.raises(ProviderTrouble, match="closed"):
        await library.kept.fresh()
    library.is_closed = False
    library.now += 10
    assert await library.kept.fresh() > 1


async def test_those_who_wait_share_a_failure() -> None:
    library = Library(is_closed=True)
    waiting = [library.kept.fresh() for _ in range(20)]
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(answer) for answer in answers} == {ProviderTrouble}
    assert library.fetched == 1
    library.is_closed = False
    library.now += 10
    assert await library.kept.fresh() == 2
