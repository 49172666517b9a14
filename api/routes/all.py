"""Every route, in the order in which the OpenAPI document lists them."""

from __future__ import annotations

from api.routes.account import api_keys, identities, profile
from api.routes.admin import api_keys as all_keys
from api.routes.admin import audit_events, overview, sessions, stream, users
from api.routes.admin import identities as admin_identities
from api.routes.public import auth, health, oauth, verify

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *oauth.ROUTES,
    *profile.ROUTES,
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
