"""A made-up population of users with keys, sessions, identities and events, on either engine.

The same numbers make the same rows, so that runs can be compared.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import asyncpg

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST = (
    "ann",
    "bob",
    "carla",
    "dmitri",
    "eva",
    "farid",
    "grace",
    "hugo",
    "ines",
    "jürgen",
    "kaori",
)
LAST = ("adams", "baker", "castillo", "dupont", "eriksson", "fischer", "garcia", "hansen", "ito")
JOBS = ("ci-deploy", "backup", "metrics", "nightly-report", "billing-sync", "terraform", "laptop")
ACTIONS = ("auth.login", "auth.refresh.reuse_detected", "auth.api_key.created", "auth.logout")
BATCH = 20_000

COLUMNS = {
    "users": "id email name roles email_verified disabled_at last_active_at created_at updated_at",
    "api_keys": "id user_id name key_hash key_prefix scopes expires_at last_used_at created_at",
    "refresh_tokens": "id user_id token_hash seed generation rotated_at last_used_at expires_at created_at",
    "oauth_identities": "id user_id provider subject created_at",
    "audit_events": "id at action outcome user_id detail",
}


def rows(first: int, last: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Table and values for the users of these numbers, and for what is theirs."""
    for number in range(first, last + 1):
        dice = random.Random(number)
        user, created = _user(number, dice)
        yield "users", user
        for _ in range(2):
            yield "api_keys", _key(user[0], created, dice)
        yield "refresh_tokens", _session(user[0], dice)
        yield "audit_events", _event(user[0], dice)
        if dice.random() < 0.3:
            row_id = _id(created, dice)
            yield "oauth_identities", (row_id, user[0], "google", str(number), created)


def _user(number: int, dice: random.Random) -> tuple[tuple[Any, ...], datetime]:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    created = NOW - timedelta(seconds=dice.randrange(1, 90_000_000))
    active = None if dice.random() < 0.3 else created + (NOW - created) * dice.random()
    roles = ["admin"] if number % 200_000 == 1 else ["user"]
    disabled = NOW if dice.random() < 0.005 else None
    email = f"{first}.{last}{number}@company{number % 977}.example"
    name = f"{first.title()} {last.title()}"
    row_id = _id(created, dice)
    return (row_id, email, name, roles, True, disabled, active, created, created), created


def _key(user_id: UUID, created: datetime, dice: random.Random) -> tuple[Any, ...]:
    secret = dice.randbytes(32).hex()
    key_hash = hashlib.sha256(secret.encode()).hexdigest()
    used = None if dice.random() < 0.4 else created + (NOW - created) * dice.random() ** 0.1
    expires = None if dice.random() < 0.5 else NOW + timedelta(days=dice.randrange(-30, 300))
    name = f"{dice.choice(JOBS)} {dice.randrange(100)}"
    prefix = f"evr_{secret[:8]}..."
    row_id = _id(created, dice)
    return (row_id, user_id, name, key_hash, prefix, ["*"], expires, used, created)


def _session(user_id: UUID, dice: random.Random) -> tuple[Any, ...]:
    created = NOW - timedelta(seconds=dice.randrange(1, 2_600_000))
    used = created + (NOW - created) * dice.random()
    secret = dice.randbytes(32).hex()
    expires = used + timedelta(days=29)
    return (_id(created, dice), user_id, secret, secret, 0, used, used, expires, created)


def _event(user_id: UUID, dice: random.Random) -> tuple[Any, ...]:
    at = NOW - timedelta(seconds=dice.randrange(1, 7_000_000))
    outcome = "failure" if dice.random() < 0.02 else "success"
    return (_id(at, dice), at, dice.choices(ACTIONS, (90, 0.01, 5, 5))[0], outcome, user_id, {})


def _id(at: datetime, dice: random.Random) -> UUID:
    """As version 7 has it: the time first."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0x2 << 62) | dice.getrandbits(62))


def fill_sqlite(file: str, first: int, last: int) -> None:
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA synchronous = OFF")
    for batch in _batches(first, last):
        for table, found in batch.items():
            columns = COLUMNS[table].split()
            marks = ", ".join("?" * len(columns))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                [tuple(map(_as_sqlite, row)) for row in found],
            )
        connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _as_sqlite(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, list | dict):
        return json.dumps(value)
    return str(value) if isinstance(value, UUID) else value


async def fill_postgresql(url: str, first: int, last: int) -> None:
    connection = await asyncpg.connect(url)
    for batch in _batches(first, last):
        for table, found in batch.items():
            records = [
                tuple(json.dumps(v) if isinstance(v, list | dict) else v for v in row)
                for row in found
            ]
            columns = COLUMNS[table].split()
            await connection.copy_records_to_table(table, records=records, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()


def _batches(first: int, last: int) -> Iterator[dict[str, list[tuple[Any, ...]]]]:
    remaining = rows(first, last)
    while batch := tuple(islice(remaining, BATCH)):
        yield _by_table(batch)


def _by_table(batch: tuple[tuple[str, tuple[Any, ...]], ...]) -> dict[str, list[tuple[Any, ...]]]:
    """In the order in which the tables need one another."""
    found: dict[str, list[tuple[Any, ...]]] = {table: [] for table in COLUMNS}
    for table, row in batch:
        found[table].append(row)
    return {table: found[table] for table in COLUMNS if found[table]}
