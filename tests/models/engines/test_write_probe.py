"""The question whether a SQLite file takes writes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from models.engines.sqlite.write_probe import SqliteWriteProbe
from tests.support.databases import copied_sqlite

pytestmark = pytest.mark.anyio


@pytest.fixture
def file(sqlite_template: Path, tmp_path: Path) -> Path:
    return Path(copied_sqlite(sqlite_template, tmp_path).removeprefix("sqlite://"))


@pytest.fixture
def writer(file: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


async def test_a_question_ends_in_peace_that_gets_the_lock_after_its_probe_was_closed(
    file: Path, writer: sqlite3.Connection
) -> None:
    probe = SqliteWriteProbe(file)
    question = asyncio.create_task(probe.look())
    await asyncio.sleep(0.1)
    question.cancel()
    unlocking = Timer(0.2, writer.execute, ["ROLLBACK"])
    unlocking.start()
    probe.close()
    with pytest.raises(asyncio.CancelledError):
        await question
    await asyncio.to_thread(unlocking.join)


async def test_a_lock_that_somebody_holds_on_to_is_told(
    file: Path, writer: sqlite3.Connection
) -> None:
    assert writer.in_transaction
    probe = SqliteWriteProbe(file)
    trouble = await probe.look()
    probe.close()
    assert trouble is not None
    assert trouble.kind == "locked"
