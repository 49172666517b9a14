"""Every route, in the order in which the OpenAPI document lists them."""

from __future__ import annotations

from api.routes import account, api_keys, auth, health, verify
from api.routes.admin import api_keys as all_keys
from api.routes.admin import audit_events, overview, sessions, stream, users

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *account.ROUTES,
    *api_keys.ROUTES,
    *verify.ROUTES,
    *users.ROUTES,
    *sessions.ROUTES,
    *all_keys.ROUTES,
    *audit_events.ROUTES,
    *overview.ROUTES,
    *stream.ROUTES,
)
