"""Clients of applications of one's own: other settings, other addresses, no cookie jar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx

from api.app import create_app
from api.settings import Settings
from tests.support.applications import (
    all_have_heard,
    client_of,
    lifespan,
    serving,
    settings_for,
)
from tests.support.databases import execute

OPERATOR_EMAIL = "root@example.com"
OPERATOR_PASSWORD = "the operator's own words"
OPERATOR = {
    "AUTH_ADMIN_EMAIL": OPERATOR_EMAIL,
    "AUTH_ADMIN_PASSWORD": OPERATOR_PASSWORD,
}


def in_mode(url: str, mode: str, **variables: str) -> Settings:
    """Settings of a mode; the operator's variables are set where the mode needs them."""
    needed = OPERATOR if mode == "admin" else {}
    return settings_for(url, AUTH_MODE=mode, **{**needed, **variables})


@asynccontextmanager
async def answering(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client that shows only what a test tells it to show: it keeps no cookies."""
    async with serving(settings) as client:
        yield without_jar(client)


@asynccontextmanager
async def unprepared(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a worker that came up while its database was away."""
    app = create_app(settings)
    async with lifespan(app), client_of(app) as client:
        yield without_jar(client)


def without_jar(client: httpx.AsyncClient) -> httpx.AsyncClient:
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


def app_of(client: httpx.AsyncClient) -> Any:
    """The application behind a client."""
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    return transport.app


def neighbour(client: httpx.AsyncClient, address: str) -> httpx.AsyncClient:
    """A client of the same application at another address."""
    return without_jar(client_of(app_of(client), address))


async def by_hand(url: str, statement: str, *values: Any) -> None:
    """An operator's own SQL; its one parameter, where it has one, is written `?`."""
    is_sqlite = url.startswith("sqlite://")
    await execute(url, statement if is_sqlite else statement.replace("?", "$1"), *values)
    # The window of the contract: the delivery of one notification. SQLite has none.
    await all_have_heard()
