"""Letters without case: the index, the check in SQL and our own folding find the same."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from api.administration import queries
from api.administration.queries import page_request
from models.engines.sqlite.dialect import SqliteDialect
from models.engines.sqlite.folding import folded
from models.lists import api_keys, text_search, users
from models.lists.api_keys import KeyFilters
from models.lists.users import UserFilters
from tests.models.rows import NOW, add_key, add_user

pytestmark = pytest.mark.anyio


def test_sqlites_index_folds_every_letter_that_we_fold(tmp_path: Path) -> None:
    letters = [chr(code) for code in range(1, sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
    others = [letter for letter in letters if folded(letter) != letter]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, tokenize='trigram')")
    connection.executemany(
        "INSERT INTO t (rowid, a) VALUES (?, ?)", [(ord(one), one + "ab") for one in others]
    )
    for letter in others:
        phrase = f'"{folded(letter)}ab"'
        rows = connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (phrase,)).fetchall()
        assert (ord(letter),) in rows, hex(ord(letter))
    connection.close()
    assert len(others) > 600


def test_sql_folds_the_letters_that_are_looked_for_as_we_do() -> None:
    letters = [chr(code) for code in (*range(1, 0x600), *range(0x1E00, 0x2130))]
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (letter, text)")
    connection.executemany("INSERT INTO t VALUES (?, ?)", [(one, f"xA{one}Bx") for one in letters])
    for letter in {folded(letter) for letter in letters if folded(letter) != letter} | {"k", "s"}:
        check = text_search.found_in(SqliteDialect(), ("t.text",), f"a{letter}b")
        rows = connection.execute(f"SELECT letter FROM t WHERE {check.text}", check.values)
        expected = [one for one in letters if folded(one) == letter]
        assert [one for (one,) in rows.fetchall()] == expected, hex(ord(letter))
    connection.close()


@pytest.mark.parametrize("count", [1, 8, 9, 40, 190])
async def test_however_many_letters_beyond_ascii_are_looked_for(opened: str, count: int) -> None:
    letters = "".join(chr(code) for code in (*range(0x430, 0x450), *range(0x3B1, 0x3C2)))
    letters += "".join(chr(code) for code in range(0x101, 0x200, 2) if chr(code).islower())
    q = (letters + letters)[:count] + "ab"
    user = await add_user(name=f"Xy{q.upper() if q.upper().lower() == q else q}")
    await add_key(user)
    of_keys = page_request(KeyFilters(q=q), api_keys.SORTS, sort="name")
    of_users = page_request(UserFilters(q=q), users.SORTS, sort="name")
    assert len((await queries.page_of_keys(of_keys, NOW)).data) == 1
    assert len((await queries.page_of_users(of_users, NOW)).data) == 1
