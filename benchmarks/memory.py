"""How much memory a worker has with 50,000 remembered credentials, each of a user of its own."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.servers import Server, server

CREDENTIALS = 50_000
CONNECTIONS = 16


def main() -> None:
    """Print the resident megabytes of the worker before and after."""
    with server() as running:
        keys = _fill(running.database.removeprefix("sqlite://"))
        before = _worker_megabytes(running)
        asyncio.run(_show_all(running.url, keys))
        after = _worker_megabytes(running)
    print(
        f"a worker's memory: {before} MB with nothing remembered, {after} MB with {CREDENTIALS} "
        "credentials (goal: under 120 MB)"
    )


def _fill(file: str) -> list[str]:
    """Make users with a key each; the keys."""
    now = datetime.now(UTC).isoformat(" ")
    keys, users, rows = [], [], []
    for number in range(CREDENTIALS):
        key, user_id = f"evr_{hashlib.sha256(b'%d' % number).hexdigest()}", str(uuid4())
        keys.append(key)
        users.append((user_id, f"user{number}@example.com", f"User {number}", now, now))
        digest = hashlib.sha256(key.encode()).hexdigest()
        rows.append((str(uuid4()), user_id, digest, now))
    with sqlite3.connect(file, timeout=30) as connection:
        connection.executemany(
            "INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at) "
            "VALUES (?, ?, ?, '[\"user\"]', 1, ?, ?)",
            users,
        )
        connection.executemany(
            "INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at) "
            "VALUES (?, ?, 'key', ?, 'evr_00000000...', '[\"*\"]', ?)",
            rows,
        )
    connection.close()
    return keys


async def _show_all(url: str, keys: list[str]) -> None:
    parts = urlsplit(url)

    async def show(mine: list[str]) -> None:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        for key in mine:
            writer.write(
                b"GET /v1/auth/verify HTTP/1.1\r\nHost: localhost\r\nAuthorization: "
                + key.encode()
                + b"\r\n\r\n"
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
        writer.close()

    async with asyncio.TaskGroup() as group:
        for number in range(CONNECTIONS):
            group.create_task(show(keys[number::CONNECTIONS]))


def _worker_megabytes(running: Server) -> int:
    """The largest of the main process's children is the worker."""
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()
    sizes = []
    for child in children:
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{child}/status").read_text())
        sizes.append(int(found[1]) // 1024 if found else 0)
    return max(sizes)
