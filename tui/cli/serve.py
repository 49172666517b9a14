"""Serves the dashboard in a browser, by textual-serve, to this machine's user alone.

Whoever reaches the page acts as the operator who started it. So it listens on loopback only, wants a
secret that is in the address it prints, and answers no page of another origin. Knows nothing of the
dashboard itself: that runs as a process of its own for each browser tab.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
import signal
import socket
import sys
from collections.abc import Awaitable, Callable

from aiohttp import web
from textual_serve.server import Server

LOOPBACK = "127.0.0.1"
COOKIE = "everruns_auth_dashboard"
PARAMETER = "token"
HTTP_PORT = 80

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """Lets in who knows the secret, and only pages of our own origin."""

    def __init__(self, authority: str, secret: str) -> None:
        self._authority = authority
        self._secret = secret

    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Another host name in `Host` is DNS rebinding, another origin a stranger."""
        origin = request.headers.get("Origin")
        if request.host != self._authority or origin not in (None, f"http://{self._authority}"):
            raise web.HTTPForbidden(text="This dashboard answers its own page only.")
        if self._is_secret(request.query.get(PARAMETER)):
            return self._admitted()
        if not self._is_secret(request.cookies.get(COOKIE)):
            raise web.HTTPForbidden(text="Open the address that the dashboard printed.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(self._policy)
        return response

    @property
    def _policy(self) -> dict[str, str]:
        """The sources that the page may load; textual-serve's font of another host is left out."""
        sources = (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self' data:",
            f"connect-src 'self' ws://{self._authority}",
            "frame-ancestors 'none'",
        )
        return {
            "Content-Security-Policy": "; ".join(sources),
            "Referrer-Policy": "no-referrer",
        }

    def _is_secret(self, shown: str | None) -> bool:
        return shown is not None and hmac.compare_digest(shown.encode(), self._secret.encode())

    def _admitted(self) -> web.Response:
        """The secret leaves the address at once, so that it is in no history and no screenshot."""
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(COOKIE, self._secret, httponly=True, samesite="Strict")
        return response


class BrowserDashboard(Server):
    """textual-serve behind the door."""

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=LOOPBACK, port=port, title="Everruns Auth")
        self._secret = secrets.token_urlsafe(32)

    @property
    def address(self) -> str:
        """Where to point the browser."""
        return f"{self.public_url}/?{PARAMETER}={self._secret}"

    def initialize_logging(self) -> None:
        # An access log would hold the address, and the secret in it.
        logging.getLogger("aiohttp.access").setLevel(logging.WARNING)

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        # A port that goes without saying is not said by browsers.
        port = "" if self.port == HTTP_PORT else f":{self.port}"
        door = Door(f"{self.host}{port}", self._secret)

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await door.check(request, handler)

        app.middlewares.append(check)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Textual-serve's own words are not wanted."""

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl-C. The address is told once the port is ours: it holds the secret."""
        self.debug = debug
        self.initialize_logging()
        loop = asyncio.new_event_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.request_exit)
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            handle_signals=False,
            loop=loop,
            print=lambda *_: self._announce(),
        )

    def _announce(self) -> None:
        print(f"The dashboard is at {self.address}", file=sys.stderr)
        print("Ctrl-C ends it. Whoever has this address acts as you do.", file=sys.stderr)


def serve(command: str, port: int) -> None:
    """Offer `command` in the browser until Ctrl-C; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    BrowserDashboard(command, port or free_port()).serve()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
