"""The files that show the schema show it as it is."""

from __future__ import annotations

import pytest

from tests.support.schema_files import file_of, schema_at

pytestmark = pytest.mark.anyio


async def test_the_schema_files_are_what_the_migrations_make(database_url: str) -> None:
    engine = database_url.partition(":")[0]
    assert file_of(engine).read_text() == await schema_at(database_url), "run: make schema"
