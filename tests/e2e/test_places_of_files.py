"""A SQLite file that cannot be: one line that says why, from every command, and no trace.

What else can be in the way, tests/unit tries.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.processes import COMMAND_SECONDS, environment, script

PROJECT = Path(__file__).parents[2]
# Root obeys no permissions, unless it gives that up.
OBEDIENT = (
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search",
)
COMMANDS = (
    ("everruns-auth", "serve", "--port", "0"),
    ("everruns-admin", "migrate"),
    ("everruns-admin", "migrate-info"),
    ("everruns-admin", "list-users"),
    ("aerich", "heads"),
)


def closed_folder(folder: Path) -> Path:
    (folder / "closed").mkdir(mode=0)
    return folder / "closed" / "auth.db"


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "fifo.db")
    return folder / "fifo.db"


def no_database(folder: Path) -> Path:
    (folder / "notes.txt").write_text("buy milk\n" * 500)
    return folder / "notes.txt"


PLACES = {
    closed_folder: "cannot be reached",
    fifo: "no regular file",
    no_database: "SQLite database",
}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_it_is_said_in_one_line(place: object, tmp_path: Path) -> None:
    assert callable(place)
    path = place(tmp_path)
    for name, *arguments in COMMANDS:
        ended = subprocess.run(
            [*(OBEDIENT if os.geteuid() == 0 else ()), script(name), *arguments],
            env=environment(f"sqlite://{path}"),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        said = (ended.stdout + ended.stderr).splitlines()
        assert (ended.returncode, len(said)) == (1, 1), (name, arguments, said)
        assert said[0].startswith("DATABASE_URL: ")
        assert PLACES[place] in said[0]
