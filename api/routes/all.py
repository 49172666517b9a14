"""Every route, in the order in which the OpenAPI document lists them."""

from __future__ import annotations

from api.routes import account, api_keys, auth, health, identities, oauth, verify
from api.routes.admin import api_keys as all_keys
from api.routes.admin import audit_events, overview, sessions, stream, users
from api.routes.admin import identities as admin_identities

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *oauth.ROUTES,
    *account.ROUTES,
    *api_keys.ROUTES,
    *identities.ROUTES,
    *verify.ROUTES,
    *users.ROUTES,
    *admin_identities.ROUTES,
    *sessions.ROUTES,
    *all_keys.ROUTES,
    *audit_events.ROUTES,
    *overview.ROUTES,
    *stream.ROUTES,
)
