"""An answer from a provider is taken once: the database decides, on every worker and node."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from api.settings import Settings
from tests.api.browsers import Browser, failure
from tests.api.clients import answering
from tests.support.applications import serving
from tests.support.fake_providers import FakeOpenId

pytestmark = pytest.mark.anyio

FAILED = "oauth_failed"


async def test_an_answer_is_taken_once(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    kept = dict(browser.jar)
    await browser.arrive(**back)
    again = Browser(http, kept)
    oidc.asked.clear()
    assert failure(await again.arrive(**back)) == FAILED
    assert oidc.asked == []
    assert again.attempts == []


async def test_of_many_at_once_one_is_taken(http: httpx.AsyncClient, oidc: FakeOpenId) -> None:
    browser = Browser(http)
    back = oidc.approve(await browser.depart())
    tries = [Browser(http, dict(browser.jar)).arrive(**back) for _ in range(8)]
    answers = await asyncio.gather(*tries)
    assert sorted(answer.headers["location"] == "/" for answer in answers) == [False] * 7 + [True]
    assert oidc.asked.count("/token") == 1


async def test_an_answer_is_taken_once_on_all_nodes(settings: Settings, oidc: FakeOpenId) -> None:
    async with serving(settings) as one:
        browser = Browser(one)
        back = oidc.approve(await browser.depart())
        kept = dict(browser.jar)
        await browser.arrive(**back)
    async with answering(settings) as other:
        assert failure(await Browser(other, kept).arrive(**back)) == FAILED
