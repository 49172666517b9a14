"""The stream as the dashboard asks for it: with which credential, and what breaks on the way."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import httpx
import pytest

from tui.http.auth import TokenAuth, Tokens
from tui.http.client import Client, connection
from tui.http.errors import NotSignedIn
from tui.http.feed import Feed, Live, Lost

pytestmark = pytest.mark.anyio


class Server:
    """Accepts the newest access token only; `refresh` answers renewals."""

    def __init__(self, refresh: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.good = "access-1"
        self.renewals = 0
        self.streamed: list[httpx.Request] = []
        self.encoding: dict[str, str] = {}
        self._refresh = refresh or self.renewed

    def renewed(self, _: httpx.Request) -> httpx.Response:
        self.renewals += 1
        self.good = f"access-{self.renewals + 1}"
        form = {"access_token": self.good, "refresh_token": "next", "expires_in": 900}
        return httpx.Response(200, json=form, headers={"set-cookie": "everruns_session=hers"})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/refresh"):
            return self._refresh(request)
        self.streamed.append(request)
        if request.headers.get("authorization") != f"Bearer {self.good}":
            return httpx.Response(401, json={"error": "Invalid or expired token"})
        headers = {"content-type": "text/event-stream", **self.encoding}
        return httpx.Response(200, headers=headers, stream=Once())

    def client(self, renew_at: float) -> Client:
        client = Client(connection("https://auth.test/api", httpx.MockTransport(self)))
        client.auth = TokenAuth(client.refresh, Tokens("access-1", "refresh-1", renew_at))
        return client


class Once(httpx.AsyncByteStream):
    """One event, and the end."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"id: 1@1\nevent: listening\ndata: {}\n\n"


def later() -> float:
    return time.time() + 900


async def first(client: Client) -> object:
    async with asyncio.timeout(5):
        return await anext(aiter(Feed(client).happenings()))


async def test_a_token_that_ran_out_unnoticed_is_renewed_once() -> None:
    server = Server()
    server.good = "another"
    assert isinstance(await first(server.client(later())), Live)
    assert server.renewals == 1


async def test_a_token_that_is_due_is_renewed_once() -> None:
    server = Server()
    assert isinstance(await first(server.client(0.0)), Live)
    assert server.renewals == 1
    assert len(server.streamed) == 1


async def test_the_stream_shows_no_cookie() -> None:
    server = Server()
    assert isinstance(await first(server.client(0.0)), Live)
    assert "cookie" not in server.streamed[0].headers


async def test_what_a_renewed_token_is_refused_with_is_final() -> None:
    server = Server(lambda _: httpx.Response(401, json={"error": "Signed out"}))
    server.good = "another"
    with pytest.raises(NotSignedIn, match="Signed out"):
        await first(server.client(later()))


@pytest.mark.parametrize("status", [429, 503, None])
async def test_a_renewal_that_meets_trouble_is_tried_again(status: int | None) -> None:
    def trouble(request: httpx.Request) -> httpx.Response:
        if status is None:
            raise httpx.ConnectError("refused", request=request)
        return httpx.Response(status, json={"error": "Not now"})

    server = Server(trouble)
    server.good = "another"
    assert isinstance(await first(server.client(later())), Lost)


async def test_what_a_proxy_has_spoilt_is_a_lost_stream() -> None:
    server = Server()
    server.encoding = {"content-encoding": "gzip"}
    async with asyncio.timeout(5):
        async for happening in Feed(server.client(later())).happenings():
            if isinstance(happening, Lost):
                return
