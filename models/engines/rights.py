"""The answer to the question what a role of the database may not do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights that are missing.

    `grants` are statements for the owner, `owners` the owners of tables that are not the role's.
    """

    role: str
    is_read_only: bool
    grants: tuple[str, ...]
    create_grant: str | None
    owners: tuple[str, ...]

    @property
    def may_write(self) -> bool:
        return not (self.is_read_only or self.grants)
