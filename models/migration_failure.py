"""The errors of a migration that did not apply."""

from __future__ import annotations


class MigrationFailed(Exception):
    """A migration did not apply; the database is as it was before."""


class SchemaClosed(MigrationFailed):
    """pg_trgm is in a schema that this role may not use; the message says which GRANT it takes."""

    def __init__(self, schema: str, role: str) -> None:
        super().__init__(
            f"pg_trgm is in the schema {schema}, which this role may not use; "
            f"an administrator runs: GRANT USAGE ON SCHEMA {schema} TO {role};"
        )
