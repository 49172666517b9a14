"""Every commit, by whoever's hand, moves the header that is compared at every look-up."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from models.engines.sqlite.invalidation import SqliteInvalidation
from models.engines.sqlite.wal_index import LAYOUT, WalIndex
from tests.support.waiting import RecordingListener

NOTE = "UPDATE auth_changes SET counter = counter + 1"


@pytest.fixture
def path(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite://"))


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as opened:
        opened.execute("PRAGMA journal_mode = WAL").fetchall()
        opened.execute(NOTE)
        yield opened


@pytest.fixture
def index(path: Path, connection: sqlite3.Connection) -> Iterator[WalIndex]:
    opened = WalIndex(path)
    yield opened
    connection.close()
    opened.close()


def commit_elsewhere(path: Path) -> None:
    """As another process does."""
    script = f"import sqlite3; c = sqlite3.connect({str(path)!r}); c.execute({NOTE!r}); c.commit()"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_reading_leaves_the_header_as_it_was(
    index: WalIndex, connection: sqlite3.Connection
) -> None:
    before = index.header()
    connection.execute("SELECT * FROM users").fetchall()
    assert index.header() == before


def test_a_commit_shows_and_an_unfinished_transaction_does_not(
    index: WalIndex, connection: sqlite3.Connection
) -> None:
    before = index.header()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(NOTE)
    assert index.header() == before
    connection.execute("COMMIT")
    assert index.header() != before


def test_a_rolled_back_transaction_does_not_show(
    index: WalIndex, connection: sqlite3.Connection
) -> None:
    before = index.header()
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(NOTE)
    connection.execute("ROLLBACK")
    assert index.header() == before


def test_the_commit_of_another_process_shows(index: WalIndex, path: Path) -> None:
    before = index.header()
    commit_elsewhere(path)
    assert index.header() != before


def test_no_two_of_many_commits_leave_the_same_header(
    index: WalIndex, connection: sqlite3.Connection
) -> None:
    seen = {index.header()}
    for number in range(200):
        connection.execute(NOTE)
        if number % 50 == 0:  # begins the log anew, at the same number of frames
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        seen.add(index.header())
    assert len(seen) == 201


def test_a_database_without_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        WalIndex(tmp_path / "no.db")


def test_the_layout_is_told(index: WalIndex) -> None:
    assert index.layout == LAYOUT


@pytest.mark.anyio
@pytest.mark.parametrize("layout", [LAYOUT, LAYOUT + 1], ids=["known", "unknown"])
async def test_every_commit_is_heard_in_whatever_layout(
    path: Path, connection: sqlite3.Connection, layout: int
) -> None:
    listener = RecordingListener()
    changes = SqliteInvalidation(path, listener, layout=layout)
    await changes.start()
    for number in range(9):
        listener.heard.clear()
        if number % 3:
            connection.execute(NOTE)
        else:
            commit_elsewhere(path)
        if number % 4 == 0:
            connection.execute("PRAGMA wal_checkpoint(RESTART)").fetchall()
        assert changes.is_current()
        assert listener.heard == ["all"]
        assert changes.is_current()
        assert listener.heard == ["all"]
    await changes.stop()


@pytest.mark.anyio
async def test_an_unknown_layout_ends_no_trust_at_a_commit_that_is_no_change(
    path: Path, connection: sqlite3.Connection
) -> None:
    listener = RecordingListener()
    changes = SqliteInvalidation(path, listener, layout=LAYOUT + 1)
    assert changes.is_current()
    listener.heard.clear()
    connection.execute("DELETE FROM audit_events")
    assert changes.is_current()
    assert listener.heard == []
    await changes.stop()


def test_a_file_that_was_replaced_is_noticed(index: WalIndex, path: Path) -> None:
    assert index.is_current()
    path.with_name(f"{path.name}-shm").rename(path.with_name("moved"))
    assert not index.is_current()


@pytest.mark.anyio
async def test_without_a_wal_nothing_is_trusted(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA journal_mode = DELETE").fetchall() == [("delete",)]
    changes = SqliteInvalidation(path, RecordingListener())
    assert not changes.is_current()
    with closing(sqlite3.connect(path)) as opened:
        assert opened.execute("PRAGMA journal_mode = WAL").fetchall() == [("wal",)]
    assert changes.is_current()
    await changes.stop()
