"""Every route, in the order in which the OpenAPI document lists them."""

from __future__ import annotations

from api.routes import account, api_keys, auth, health, verify
from api.routes.admin import overview, stream

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *account.ROUTES,
    *api_keys.ROUTES,
    *verify.ROUTES,
    *overview.ROUTES,
    *stream.ROUTES,
)
