"""The real application in process: its lifespan driven once, its answers over httpx."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

import httpx
import sanic_routing.router
from sanic import Sanic

from api.accounts import environment_operators
from api.app import create_app
from api.request_context import RequestContext
from api.settings import Settings
from models import database

SECRET = "a-secret-of-the-tests-that-is-long-enough"

Sanic.test_mode = True
# Each application has the same routes, which Sanic makes into a function: its source is read once.
vars(sanic_routing.router).update(
    ast=SimpleNamespace(
        parse=cache(ast.parse),
        unparse=cache(ast.unparse),
        fix_missing_locations=cache(ast.fix_missing_locations),
    ),
    compile=cache(compile),
)
_running: list[Any] = []


def settings_for(url: str, **variables: str) -> Settings:
    """Settings as the environment would give them; hashing is cheap unless said otherwise."""
    defaults: dict[str, Any] = {
        "DATABASE_URL": url,
        "AUTH_MODE": "full",
        "AUTH_JWT_SECRET": SECRET,
        "AUTH_BCRYPT_COST": "4",
        "AUTH_BASE_URL": "http://auth.test",
    }
    return Settings(**{**defaults, **variables})


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """Drive ASGI's lifespan once around the block."""
    # At a start Sanic rewrites methods of its own without what nobody listens for: half of what an
    # application costs here. The servers of tests/e2e do it.
    app.config.TOUCHUP = False
    inbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    outbox: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    await inbox.put({"type": "lifespan.startup"})
    task = asyncio.create_task(app({"type": "lifespan"}, inbox.get, outbox.put))
    reply = await outbox.get()
    assert reply["type"] == "lifespan.startup.complete", reply
    _running.append(app)
    try:
        yield
    finally:
        _running.remove(app)
        await inbox.put({"type": "lifespan.shutdown"})
        await outbox.get()
        await task


async def all_have_heard() -> None:
    """Come back once every application in process has heard of what was committed before."""
    for app in _running:
        await app.ctx.services.invalidation.settle()


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the real application, prepared as the main process prepares it."""
    async with database.opened(settings.database):
        await environment_operators.prepare(settings, RequestContext(datetime.now(UTC)))
    app = create_app(settings)
    async with lifespan(app), client_of(app) as client:
        yield client


def client_of(app: Any, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client with an empty cookie jar, asking from `address`."""
    transport = httpx.ASGITransport(app=app, client=(address, 40_000), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://auth.test")
