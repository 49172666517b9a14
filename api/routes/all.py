"""Every route, in the order in which the OpenAPI document lists them."""

from __future__ import annotations

from api.routes import account, api_keys, auth, health, identities, oauth, verify
from api.routes.admin import identities as admin_identities

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *oauth.ROUTES,
    *account.ROUTES,
    *api_keys.ROUTES,
    *identities.ROUTES,
    *verify.ROUTES,
    *admin_identities.ROUTES,
)
