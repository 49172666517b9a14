"""The operators' overview: how many users, sessions and keys there are, how sign-ins go."""

from __future__ import annotations

from sanic import HTTPResponse, Request

from api import __version__
from api.administration.overview import Overview
from api.http.permissions import READ, REFUSALS
from api.http.requests import SignedInCall
from api.http.responses import reply
from api.http.route_table import Route
from api.routes.admin import schemas


async def overview(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with the counts, at most two seconds old."""
    latest = await call.services.overviews.latest(call.context.now)
    return reply(_rendered(latest, call.services.settings.mode))


def _rendered(latest: Overview, mode: str) -> schemas.Overview:
    return schemas.Overview(
        counted_at=latest.counted_at,
        mode=mode,
        version=__version__,
        engine=latest.engine,
        migrations=schemas.MigrationCounts(applied=latest.applied, pending=latest.pending),
        users=schemas.UserCounts.model_validate(latest.users),
        sessions=schemas.SessionCounts(live=latest.live_sessions),
        api_keys=schemas.ApiKeyCounts.model_validate(latest.keys),
        sign_ins=[schemas.SignInCounts.model_validate(minute) for minute in latest.sign_ins],
    )


ROUTES = (
    Route(
        ("GET",),
        "/v1/admin/overview",
        overview,
        "How many users, sessions and keys there are, and the last hour's sign-ins",
        guard=READ,
        answers={200: schemas.Overview},
        refusals=REFUSALS,
    ),
)
