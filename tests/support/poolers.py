"""PgBouncer in front of the tests' PostgreSQL, lending each transaction some connection or other."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.settings.database_url import DatabaseUrl
from tests.support.ports import free_port, listens
from tests.support.processes import eventually

REQUIRED = "TEST_REQUIRES_PGBOUNCER"
START_SECONDS = 10.0
# Fewer than there are clients at once, so that they have to take turns.
_SETTINGS = """
[databases]
* = host={host} port={port} user={user}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
max_prepared_statements = 0
"""


@contextmanager
def transaction_pooler(url: str) -> Iterator[str]:
    """The URL of the same database through a PgBouncer that keeps no prepared statements.

    Skips, saying why, where it is not installed; fails where it was promised.
    """
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        fail_or_skip = pytest.fail if os.environ.get(REQUIRED) else pytest.skip
        fail_or_skip("pgbouncer is not installed")
    target, port = DatabaseUrl.parse(url), free_port()
    # Not pytest's folder, which is root's alone; and PgBouncer refuses to be root.
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        Path(name).chmod(0o755)
        settings = Path(name) / "pgbouncer.ini"
        settings.write_text(_settings(program, target, port))
        user = "nobody" if os.geteuid() == 0 else None
        process = subprocess.Popen(
            [program, "-q", settings], user=user, stderr=subprocess.DEVNULL, cwd="/"
        )
        try:
            eventually(lambda: listens(port), START_SECONDS)
            yield f"postgresql://postgres@127.0.0.1:{port}/{target.database}"
        finally:
            process.kill()
            process.wait()


def _settings(program: str, target: DatabaseUrl, own_port: int) -> str:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    settings = _SETTINGS.format(
        host=target.host,
        port=target.port,
        user=target.user or "postgres",
        password=f" password='{target.password}'" if target.password else "",
        own_port=own_port,
    )
    major, minor = said.split()[1].split(".")[:2]
    if (int(major), int(minor)) >= (1, 21):
        return settings
    # It does not know of them, and does not know the setting either.
    return settings.replace("max_prepared_statements = 0\n", "")
