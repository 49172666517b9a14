"""Joins the parts into an application: the only place where they meet."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.config import Config

from api.administration import housekeeping
from api.http import access_log, metrics, openapi
from api.http.browser_rules import check_host
from api.http.client_address import TrustedProxies
from api.http.problems import Problems
from api.http.requests import TimedRequest
from api.http.route_table import add_routes
from api.routes.all import ROUTES
from api.services import assemble
from api.settings import Settings
from api.trouble_log import TroubleLog
from models import database

MAX_BODY_BYTES = 64 * 1024
# Seconds. A sign-in may wait ten for a thread, and a database statement ten.
REQUEST_TIMEOUT = 30
RESPONSE_TIMEOUT = 45
KEEP_ALIVE_TIMEOUT = 75
GRACEFUL_SHUTDOWN_TIMEOUT = 15

App = Sanic[Any, Any]

log = structlog.get_logger("everruns_auth.app")


def create_app(settings: Settings, *, workers: int = 1, counts_file: Path | None = None) -> App:
    """An application that answers by `settings`.

    `workers` is how many share this machine, and `counts_file` what they count in together.
    """
    app: App = Sanic(
        "everruns-auth",
        config=_config(),
        configure_logging=False,
        request_class=TimedRequest,
        error_handler=Problems(),
    )
    # Looked up once: each look into Sanic's configuration costs more than a look into memory.
    app.ctx.proxies = TrustedProxies.of(app.config)
    app.ctx.said_of_proxies = set()
    add_routes(app, ROUTES, settings)
    _add_openapi(app, settings)
    if settings.cors_origins:
        _add_cors(app, settings)
    access_log.install(app)
    _add_lifecycle(app, settings, workers, counts_file)
    return app


def _config() -> Config:
    # SANIC_ variables are read first: the proxy settings are Sanic's own.
    config = Config()
    config.update(
        ACCESS_LOG=False,
        AUTO_EXTEND=False,
        MOTD=False,
        GRACEFUL_SHUTDOWN_TIMEOUT=GRACEFUL_SHUTDOWN_TIMEOUT,
        KEEP_ALIVE_TIMEOUT=KEEP_ALIVE_TIMEOUT,
        REQUEST_MAX_SIZE=MAX_BODY_BYTES,
        REQUEST_TIMEOUT=REQUEST_TIMEOUT,
        RESPONSE_TIMEOUT=RESPONSE_TIMEOUT,
        TOUCHUP=True,
    )
    return config


def _add_openapi(app: App, settings: Settings) -> None:
    @cache
    def encoded() -> bytes:
        url = settings.base_url + settings.api_prefix
        return orjson.dumps(openapi.document(ROUTES, server_url=url))

    async def openapi_document(request: Request) -> HTTPResponse:
        if settings.mode == "none":
            check_host(request, settings)
        return HTTPResponse(encoded(), content_type="application/json")

    for number, prefix in enumerate(settings.prefixes):
        app.add_route(
            openapi_document,
            f"{prefix}/openapi.json",
            methods=["GET", "HEAD"],
            name=f"openapi_document_{number}",
        )


def _add_cors(app: App, settings: Settings) -> None:
    # Imported where it is wanted: most servers have no other origins, and start without it.
    from sanic_ext import Extend  # noqa: PLC0415
    from sanic_ext.extensions.http.extension import HTTPExtension  # noqa: PLC0415

    app.config.update(
        CORS_ORIGINS=",".join(settings.cors_origins),
        CORS_SUPPORTS_CREDENTIALS=True,
        CORS_ALLOW_HEADERS="authorization,content-type,x-request-id",
        CORS_EXPOSE_HEADERS="x-request-id,retry-after,www-authenticate",
        CORS_MAX_AGE="600",
        HTTP_AUTO_HEAD=False,
    )
    Extend(app, extensions=[HTTPExtension], built_in_extensions=False)
    _add_routes_at_once(app)


def _add_routes_at_once(app: App) -> None:
    """Let sanic-ext add its OPTIONS routes to a started application in one go.

    Sanic makes its table of signals anew after each: half a second of every worker's start.
    """
    from sanic_ext.config import PRIORITY  # noqa: PLC0415

    async def begin(app: App) -> None:
        app.signal_router.reset()  # type: ignore[no-untyped-call]

    async def end(app: App) -> None:
        app.signalize(app.config.TOUCHUP)

    app.register_listener(begin, "before_server_start", priority=PRIORITY + 1)
    app.register_listener(end, "before_server_start", priority=PRIORITY - 1)


def _add_lifecycle(app: App, settings: Settings, workers: int, counts_file: Path | None) -> None:
    tasks: set[asyncio.Task[None]] = set()
    # Of the file that the main process opened: a worker that comes later must not serve another.
    file = database.file_of(settings.database)

    async def start(app: App) -> None:
        # The main process has checked the database. A worker that is replaced while the database
        # is away must come up all the same, and answer 503 until it is back.
        app.ctx.database = await database.open_database(
            settings.database, is_checked=False, file=file
        )
        app.ctx.services = assemble(settings, workers=workers, counts_file=counts_file)
        await app.ctx.services.invalidation.start()
        tasks.add(asyncio.create_task(app.ctx.services.last_used.run()))
        tasks.add(asyncio.create_task(app.ctx.services.writability.run()))
        tasks.add(asyncio.create_task(metrics.keep_writing()))
        tasks.add(asyncio.create_task(housekeeping.run(settings.database)))
        tasks.add(asyncio.create_task(housekeeping.keep_sweeping(settings.database)))

    async def end_streams(app: App) -> None:
        # Sanic waits for them as for any other answer.
        await app.ctx.services.feed.close()

    async def stop(app: App) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        app.ctx.services.hasher.close()
        for provider in app.ctx.services.providers.values():
            await provider.close()
        await app.ctx.services.throttle.close()
        await _finish(app.ctx.services.last_used.flush())
        await database.close_database(app.ctx.database)
        # After the connections: see `wal_index.py`.
        await app.ctx.services.invalidation.stop()

    app.before_server_start(start)
    app.before_server_stop(end_streams)
    app.after_server_stop(stop)


async def _finish(last_write: Coroutine[Any, Any, None]) -> None:
    try:
        await asyncio.wait_for(last_write, 5)
    except Exception as error:  # noqa: BLE001
        # A bug, too: the rest of the stop must come.
        TroubleLog(log, "the last uses of keys are lost").report(error)
