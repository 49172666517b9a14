"""All operations by the names of their classes, by which a binding names one."""

from __future__ import annotations

from typing import Any

from tui.operations.api_keys import RevokeKeys
from tui.operations.identities import Unlink
from tui.operations.operation import Operation
from tui.operations.sessions import EndSessions
from tui.operations.users import CreateUser, Disable, Enable, ForceLogout, SetRoles

_KINDS: tuple[type[Operation[Any]], ...] = (
    CreateUser,
    Disable,
    Enable,
    EndSessions,
    ForceLogout,
    RevokeKeys,
    SetRoles,
    Unlink,
)
OPERATIONS = {kind.__name__: kind for kind in _KINDS}
