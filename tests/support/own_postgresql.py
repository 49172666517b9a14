"""A PostgreSQL of the tests' own, for what the shared one cannot be asked: TLS, faults, its rules."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.ports import free_port

_PROGRAMS = Path("/usr/lib/postgresql")
_RULES = """
local all postgres trust
local all all scram-sha-256
hostssl all postgres all trust
hostssl all all all scram-sha-256
"""


@dataclass(frozen=True, slots=True)
class OwnPostgresql:
    """Sockets and certificate are in `folder`; TCP takes TLS alone, as `localhost`."""

    folder: Path
    port: int

    @property
    def certificate(self) -> Path:
        return self.folder / "server.crt"

    def sql(self, statement: str, *, database: str = "postgres") -> None:
        place = ("-h", str(self.folder), "-p", str(self.port), "-U", "postgres", "-d", database)
        subprocess.run(["psql", "-qX", *place, "-c", statement], check=True)


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """Start one, and leave nothing of it; skips, saying why, where its programs are not installed."""
    programs = sorted(_PROGRAMS.glob("*/bin/initdb"))
    if not programs or not shutil.which("openssl"):
        pytest.skip("no initdb in /usr/lib/postgresql, or no openssl")
    initdb, pg_ctl = programs[-1], programs[-1].with_name("pg_ctl")
    # Not pytest's folder, which is root's alone.
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        _make_certificate(folder)
        _run(folder, initdb, "-D", "data", "-U", "postgres", "-A", "trust", "--no-sync")
        own = OwnPostgresql(folder, free_port())
        _configure(own)
        _run(folder, pg_ctl, "-D", "data", "-l", "log", "-w", "start")
        try:
            yield own
        finally:
            _run(folder, pg_ctl, "-D", "data", "-m", "immediate", "-w", "stop")


def _make_certificate(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
    folder.chmod(0o755)
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost")
    files = ("-keyout", "server.key", "-out", "server.crt")
    _run(folder, "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names, *files)


def _configure(own: OwnPostgresql) -> None:
    data = own.folder / "data"
    with (data / "postgresql.conf").open("a") as file:
        file.write(
            f"port={own.port}\nlisten_addresses='localhost'\nfsync=off\n"
            f"unix_socket_directories='{own.folder}'\n"
            f"ssl=on\nssl_cert_file='{own.folder}/server.crt'\n"
            f"ssl_key_file='{own.folder}/server.key'\n"
        )
    (data / "pg_hba.conf").write_text(_RULES)


def _run(folder: Path, *command: str | Path) -> None:
    """Run as a user that PostgreSQL accepts: it refuses to be root."""
    user = "postgres" if os.geteuid() == 0 else None
    # Into a file, which a server that goes on does not hold open as a pipe.
    with (folder / "said").open("w") as said:
        subprocess.run(command, cwd=folder, user=user, stdout=said, stderr=said, check=True)
