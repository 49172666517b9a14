"""The users who may authenticate in the mode in force."""

from __future__ import annotations

from api.security.emails import normalise_email
from api.settings import Settings
from models import ANONYMOUS_ID, User


def is_eligible(user: User, settings: Settings) -> bool:
    """Whether a credential of `user` may authenticate.

    A disabled user never may. The anonymous row authenticates nobody outside mode none; in mode
    admin the one user is the one of the environment.
    """
    if user.is_disabled:
        return False
    if settings.mode == "none":
        return True
    if user.id == ANONYMOUS_ID:
        return False
    return settings.mode == "full" or user.email == environment_email(settings)


def environment_email(settings: Settings) -> str:
    """The normalised AUTH_ADMIN_EMAIL; empty when it is not set."""
    return normalise_email(settings.admin_email or "")
