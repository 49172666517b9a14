"""The rights that a role of the database lacks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """The missing rights.

    `grants` are statements for the owner to run, `owners` the owners of tables that are not the
    role's.
    """

    role: str
    is_read_only: bool
    grants: tuple[str, ...]
    create_grant: str | None
    owners: tuple[str, ...]

    @property
    def may_write(self) -> bool:
        """Whether the role lacks no right that the running server needs."""
        return not (self.is_read_only or self.grants)
