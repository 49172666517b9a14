"""The tables, as classes whose methods are named questions. The only package with an ORM."""

from models.api_key import ApiKey
from models.audit_event import AuditEvent
from models.known_network import KnownNetwork
from models.oauth_identity import OAuthIdentity
from models.refresh_token import RefreshToken
from models.rotation import Rotation
from models.types import ANONYMOUS_ID, new_id
from models.unblock import Unblock
from models.used_state import UsedState
from models.user import User

__all__ = [
    "ANONYMOUS_ID",
    "ApiKey",
    "AuditEvent",
    "KnownNetwork",
    "OAuthIdentity",
    "RefreshToken",
    "Rotation",
    "Unblock",
    "UsedState",
    "User",
    "new_id",
]
