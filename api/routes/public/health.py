"""The routes for probes and monitoring: liveness, readiness, metrics."""

from __future__ import annotations

import structlog
from sanic import HTTPResponse, Request

from api import __version__, errors
from api.http.metrics import CONTENT_TYPE, exposition
from api.http.permissions import operator
from api.http.requests import Call, SignedInCall
from api.http.responses import reply
from api.http.route_table import Audience, Route
from api.routes.public import schemas
from models import database, schema
from models.trouble import trouble_of

log = structlog.get_logger("everruns_auth.health")


async def health(request: Request, call: Call) -> HTTPResponse:
    """200 while the event loop runs; asks no database."""
    mode = call.services.settings.mode.capitalize()
    return reply(schemas.Health(status="ok", version=__version__, auth_mode=mode))


async def ready(request: Request, call: Call) -> HTTPResponse:
    """200 if the database answers, is migrated and accepts writes; else 503 with the reason."""
    try:
        await database.ping()
        status = await schema.status()
    except Exception as error:
        trouble = trouble_of(error)
        if trouble is None:
            raise
        log.warning("not ready", trouble=trouble.words)
        return _unready("replaced" if trouble.kind == "replaced" else "silent", "unknown")
    if not status.is_current:
        return _unready("ok", "pending")
    if refused := call.services.writability.refused():
        return _unready(refused, "current")
    return reply(
        schemas.Ready(
            status="ready",
            database="ok",
            migrations="current",
            changes="heard" if _is_remembering(call) else "asking",
        )
    )


def _is_remembering(call: Call) -> bool:
    """Whether checks are answered from the cache: it has a size, and changes are heard."""
    return (
        bool(call.services.settings.remembered_credentials)
        and call.services.invalidation.is_current()
    )


async def metrics(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the worker's numbers in the text format of Prometheus, summed over all workers."""
    return HTTPResponse(exposition(), content_type=CONTENT_TYPE)


def _unready(database_word: str, migrations: str) -> HTTPResponse:
    answer = schemas.Ready(
        status="unready",
        database=database_word,
        migrations=migrations,
        changes="asking",
    )
    response = reply(answer, 503)
    response.headers["Retry-After"] = "1"
    return response


ROUTES = (
    Route(
        ("GET",),
        "/health",
        health,
        "Whether the process lives",
        answers={200: schemas.Health},
        audience=Audience.PROBE,
    ),
    Route(
        ("GET",),
        "/ready",
        ready,
        "Whether the database answers and its migrations are applied",
        answers={200: schemas.Ready, 503: schemas.Ready},
        audience=Audience.PROBE,
    ),
    Route(
        ("GET",),
        "/metrics",
        metrics,
        "Numbers for Prometheus; for operators, or a key of theirs with admin:read",
        guard=operator("admin:read"),
        answers={200: None},
        refusals=(errors.AdminRequired, errors.ScopeRequired),
        audience=Audience.SCRAPER,
    ),
)
