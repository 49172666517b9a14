"""What goes on beside the requests: it is started, and it ends with everything written."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx
import pytest

from api.settings import Settings
from api.settings.database_url import DatabaseUrl
from models import ApiKey, database
from tests.api.people import registered
from tests.support.applications import serving

pytestmark = pytest.mark.anyio


async def test_each_worker_writes_uses_and_purges(http: httpx.AsyncClient) -> None:
    assert (await http.get("/health")).status_code == 200
    running = {getattr(t.get_coro(), "__qualname__", "") for t in asyncio.all_tasks()}
    assert {"LastUsed.run", "run", "keep_writing"} <= running


async def test_a_use_just_before_the_stop_is_written(settings: Settings, database_url: str) -> None:
    async with serving(settings) as http:
        ann = await registered(http)
        made = (await http.post("/v1/auth/api-keys", json={"name": "k"}, headers=ann.bearer)).json()
        shown = {"Authorization": made["key"]}
        assert (await http.get("/v1/auth/me", headers=shown)).status_code == 200
    async with database.opened(DatabaseUrl.parse(database_url)):
        key = await ApiKey.by_id(UUID(made["id"]))
        assert key is not None
        assert key.last_used_at is not None
        assert key.last_used_ip == "127.0.0.1"
