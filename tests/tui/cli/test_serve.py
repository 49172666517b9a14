"""The dashboard in a browser: for whoever holds the address, from its own page, on loopback."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from aiohttp.test_utils import TestClient, TestServer

from tui.cli.serve import COOKIE, LOOPBACK, BrowserDashboard, free_port

pytestmark = pytest.mark.anyio


class Page:
    """A browser dashboard that listens, and a browser without a jar."""

    def __init__(self, dashboard: BrowserDashboard, http: httpx.AsyncClient) -> None:
        self.dashboard = dashboard
        self.http = http

    @property
    def token(self) -> str:
        return self.dashboard.address.partition("token=")[2]

    async def status(self, path: str = "/", **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await self.http.get(path, headers=named)).status_code


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    port = free_port()
    dashboard = BrowserDashboard("python -m tui", port)
    server = TestServer(await dashboard._make_app(), host=LOOPBACK, port=port)
    await server.start_server()
    async with httpx.AsyncClient(base_url=dashboard.public_url) as http:
        yield Page(dashboard, http)
    await server.close()


async def test_without_the_secret_nothing_is_served(page: Page) -> None:
    for path in ("/", "/ws", "/static/js/textual.js", "/?token=wrong"):
        assert await page.status(path) == 403


async def test_the_printed_address_lets_in_and_leaves_no_secret_in_it(page: Page) -> None:
    answer = await page.http.get(page.dashboard.address)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
    page.http.cookies.clear()
    assert await page.status(Cookie=f"{COOKIE}={page.token}") == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example:9301"}],
)
async def test_another_origin_is_turned_away_with_the_cookie_too(
    page: Page, headers: dict[str, str]
) -> None:
    assert await page.status("/ws", Cookie=f"{COOKIE}={page.token}", **headers) == 403


def test_the_secret_is_in_no_log() -> None:
    BrowserDashboard("x", 1).initialize_logging()
    assert not logging.getLogger("aiohttp.access").isEnabledFor(logging.INFO)


def test_it_listens_on_loopback_only() -> None:
    assert BrowserDashboard("x", 1).host == "127.0.0.1"


async def test_the_page_loads_nothing_from_elsewhere(page: Page) -> None:
    answer = await page.http.get("/", headers={"Cookie": f"{COOKIE}={page.token}"})
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "https:" not in policy and "*" not in policy


def test_the_address_is_not_told_while_the_port_is_anothers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            BrowserDashboard("x", taken.getsockname()[1]).serve()
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("port", "host"), [(80, "127.0.0.1"), (9301, "127.0.0.1:9301")])
async def test_a_port_that_goes_without_saying_is_not_said(port: int, host: str) -> None:
    dashboard = BrowserDashboard("x", port)
    async with TestClient(TestServer(await dashboard._make_app(), host=LOOPBACK)) as client:
        cookies = f"{COOKIE}={dashboard.address.partition('token=')[2]}"
        answer = await client.get("/", headers={"Host": host, "Cookie": cookies})
        assert answer.status == 200
