"""The statements that PostgreSQL words in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from models.connection import connection, rows
from models.engines.statements import Use
from models.rotation import Rotation
from models.types import ANONYMOUS_ID, new_id

# Locked in the order of the ids, as `note_key_uses` does.
_REMOVE_KEYS = """
WITH locked AS (
    SELECT id FROM api_keys WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
)
DELETE FROM api_keys k USING locked WHERE k.id = locked.id RETURNING k.id, k.user_id
"""
_NOTE_USES = """
WITH used AS (
    SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS used(id, at, ip)
), locked AS (
    SELECT k.id FROM api_keys k JOIN used ON used.id = k.id ORDER BY k.id FOR UPDATE OF k
)
UPDATE api_keys k SET last_used_at = used.at, last_used_ip = used.ip
FROM used JOIN locked ON locked.id = used.id
WHERE k.id = used.id AND used.at > COALESCE(k.last_used_at, '-infinity')
"""
# `clock` is read once: the digest must be that of the second that is written.
_ROTATE = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now)
UPDATE refresh_tokens SET
    token_hash = CASE WHEN clock.now < $4 THEN $6 ELSE $7 END,
    previous_token_hash = token_hash, generation = $8,
    rotated_at = clock.now, last_used_at = clock.now,
    expires_at = LEAST(clock.now + $9::interval, $10::timestamptz),
    ip_address = $11, user_agent = $12
FROM clock
WHERE id = $1 AND token_hash = $2 AND clock.now >= $3 AND clock.now < $5
RETURNING token_hash
"""
_NOTE_NETWORK = """
INSERT INTO known_networks (id, user_id, network, last_sign_in_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (user_id, network) DO UPDATE SET last_sign_in_at = excluded.last_sign_in_at
WHERE known_networks.last_sign_in_at < excluded.last_sign_in_at
"""
# By the index of roles: operators are few among many users.
_OPERATORS = """
SELECT count(*) AS operators FROM users
WHERE roles @> '["admin"]' AND disabled_at IS NULL AND id NOT IN ($1::uuid, $2::uuid)
"""
_MINUTES = """
SELECT date_trunc('minute', at) AS minute, outcome, COUNT(*) FROM audit_events
WHERE action = ANY ($1) AND at >= $2 GROUP BY 1, 2
"""
_FOLD = """
WITH gone AS (DELETE FROM auth_tallies RETURNING *)
INSERT INTO auth_tallies SELECT what, used_day, expires_day, sum(n)
FROM gone GROUP BY 1, 2, 3 HAVING sum(n) <> 0
"""
# What is missing is added, in one statement: those who write or sum up meanwhile are not disturbed.
_RECOUNT = """
INSERT INTO auth_tallies (what, used_day, expires_day, n)
SELECT what, used_day, expires_day, sum(n) FROM (
    SELECT what, used_day, expires_day, -n AS n FROM auth_tallies
    UNION ALL SELECT 'users', 0, 0, 1 FROM users WHERE id <> $1
    UNION ALL SELECT 'disabled', 0, 0, 1 FROM users WHERE id <> $1 AND disabled_at IS NOT NULL
    UNION ALL SELECT 'operators', 0, 0, 1 FROM users
        WHERE id <> $1 AND disabled_at IS NULL AND roles @> '["admin"]'
    UNION ALL SELECT 'refresh_tokens', 0, everruns_auth_day(expires_at), 1 FROM refresh_tokens
    UNION ALL SELECT 'api_keys', everruns_auth_day(last_used_at), everruns_auth_day(expires_at), 1
        FROM api_keys
) AS counted GROUP BY 1, 2, 3 HAVING sum(n) <> 0
"""


async def now() -> datetime:
    """The clock of the server in microseconds, which runs on within a transaction."""
    ((moment,),) = await rows("SELECT clock_timestamp()")
    return cast(datetime, moment).astimezone(UTC)


async def remove_keys(key_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Locks the rows in the order of their ids, as `note_key_uses` does, then deletes them."""
    found = await rows(_REMOVE_KEYS, [[str(key_id) for key_id in key_ids]])
    return {UUID(str(key_id)): UUID(str(user_id)) for key_id, user_id in found}


async def note_key_uses(uses: Sequence[Use]) -> None:
    """Locks the rows in the order of their ids, so that two nodes do not wait for each other."""
    ids, moments, addresses = zip(*uses, strict=True)
    await rows(_NOTE_USES, [list(ids), list(moments), list(addresses)])


async def rotate(session_id: UUID, spent_hash: str, rotation: Rotation) -> str | None:
    """One UPDATE by the clock of the server (RFC 9700 §4.14.2); None where it matches no row."""
    values = [
        *(session_id, spent_hash, *rotation.seconds, *rotation.token_hashes, rotation.generation),
        *(rotation.lifetime, rotation.latest_expiry, rotation.ip_address, rotation.user_agent),
    ]
    found = await rows(_ROTATE, values)
    return str(found[0][0]) if found else None


async def note_network(user_id: UUID, network: str, now: datetime) -> None:
    """One INSERT … ON CONFLICT that only moves the time forwards."""
    await connection().execute_query(_NOTE_NETWORK, [new_id(), user_id, network, now])


async def count_operators(besides: UUID) -> int:
    """Counts by the GIN index of the roles."""
    ((number,),) = await rows(_OPERATORS, [str(ANONYMOUS_ID), str(besides)])
    return int(number)


async def lock_operators() -> None:
    """An advisory lock, held until the running transaction ends."""
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtext('everruns-auth.operators'))"
    )


async def count_events_by_minute(
    actions: Sequence[str], since: datetime
) -> list[tuple[datetime, str, int]]:
    """The events as (minute, outcome, number); minutes are in UTC."""
    found = await rows(_MINUTES, [list(actions), since])
    return [(minute, outcome, number) for minute, outcome, number in found]


async def fold_counters() -> None:
    """Replaces rows by their sums in one statement; two at once do no harm."""
    await connection().execute_query(_FOLD)


async def recount() -> None:
    """Inserts the differences in one statement, which disturbs no concurrent writer."""
    await connection().execute_query(_RECOUNT, [ANONYMOUS_ID])
