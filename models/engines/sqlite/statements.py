"""The statements that SQLite words in its own way."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from models.connection import connection, rows, transaction
from models.engines.statements import Use
from models.rotation import Rotation
from models.types import ANONYMOUS_ID, new_id

_REMOVE_KEYS = """
DELETE FROM api_keys WHERE id IN (SELECT value FROM json_each(?)) RETURNING id, user_id
"""
# One text whatever the number of rows: SQLite keeps each prepared statement that it has seen.
_NOTE_USES = """
WITH used(id, at, ip) AS (
    SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]')
    FROM json_each(?)
)
UPDATE api_keys SET last_used_at = used.at, last_used_ip = used.ip FROM used
WHERE api_keys.id = used.id AND used.at > COALESCE(api_keys.last_used_at, '')
"""
# Within one statement `now` stays what it is.
_ROTATE = """
WITH clock AS (
    SELECT strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') AS now,
        strftime('%Y-%m-%d %H:%M:%f+00:00', 'now', ?) AS unused
)
UPDATE refresh_tokens SET
    token_hash = CASE WHEN clock.now < ? THEN ? ELSE ? END,
    previous_token_hash = token_hash, generation = ?,
    rotated_at = clock.now, last_used_at = clock.now,
    expires_at = MIN(clock.unused, COALESCE(?, clock.unused)),
    ip_address = ?, user_agent = ?
FROM clock
WHERE id = ? AND token_hash = ? AND clock.now >= ? AND clock.now < ?
RETURNING token_hash
"""
_NOTE_NETWORK = """
INSERT INTO known_networks (id, user_id, network, last_sign_in_at) VALUES (?, ?, ?, ?)
ON CONFLICT (user_id, network) DO UPDATE SET last_sign_in_at = excluded.last_sign_in_at
WHERE known_networks.last_sign_in_at < excluded.last_sign_in_at
"""
# By the table of roles: operators are few among many users.
_OPERATORS = """
SELECT count(*) AS operators FROM users_roles r JOIN users u ON u.id = r.user_id
WHERE r.role = 'admin' AND u.disabled_at IS NULL AND u.id NOT IN (?, ?)
"""
_MINUTES = """
SELECT strftime('%Y-%m-%d %H:%M', substr(at, 1, 16)) AS minute, outcome, COUNT(*)
FROM audit_events WHERE action IN (SELECT value FROM json_each(?)) AND at >= ?
GROUP BY 1, 2 HAVING minute IS NOT NULL
"""


def _day(column: str) -> str:
    seconds = f"CAST(strftime('%s', substr({column}, 1, 10)) AS INTEGER)"
    return f"COALESCE(max({seconds} / 86400, 0), -1)"


# As the triggers count (migration 3).
_COUNT = f"""
INSERT INTO auth_tallies (what, used_day, expires_day, n)
SELECT 'users', 0, 0, COUNT(*) FROM users WHERE id <> ?
UNION ALL
SELECT 'disabled', 0, 0, COUNT(*) FROM users WHERE id <> ? AND disabled_at IS NOT NULL
UNION ALL
SELECT 'operators', 0, 0, COUNT(*) FROM users WHERE id <> ? AND disabled_at IS NULL
    AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'admin')
UNION ALL
SELECT 'refresh_tokens', 0, {_day("expires_at")}, COUNT(*) FROM refresh_tokens GROUP BY 3
UNION ALL
SELECT 'api_keys', {_day("last_used_at")}, {_day("expires_at")}, COUNT(*)
FROM api_keys GROUP BY 2, 3
"""


async def now() -> datetime:
    """The clock of this machine in milliseconds."""
    ((text,),) = await rows("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def remove_keys(key_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Deletes by one JSON list, whatever the number of ids."""
    found = await rows(_REMOVE_KEYS, [json.dumps([str(key_id) for key_id in key_ids])])
    return {UUID(str(key_id)): UUID(str(user_id)) for key_id, user_id in found}


async def note_key_uses(uses: Sequence[Use]) -> None:
    """Updates from one JSON list, so that the text is the same for every number of uses."""
    written = [(str(key_id), at.isoformat(" "), ip) for key_id, at, ip in uses]
    await connection().execute_query(_NOTE_USES, [json.dumps(written)])


async def rotate(session_id: UUID, spent_hash: str, rotation: Rotation) -> str | None:
    """One UPDATE by the clock of the machine (RFC 9700 §4.14.2); None where it matches no row."""
    first, second, end = (moment.isoformat(" ") for moment in rotation.seconds)
    cap = rotation.latest_expiry
    values = [
        *(f"{int(rotation.lifetime.total_seconds())} seconds", second, *rotation.token_hashes),
        *(rotation.generation, cap.isoformat(" ") if cap is not None else None),
        *(rotation.ip_address, rotation.user_agent, str(session_id), spent_hash, first, end),
    ]
    found = await rows(_ROTATE, values)
    return str(found[0][0]) if found else None


async def note_network(user_id: UUID, network: str, now: datetime) -> None:
    """One INSERT … ON CONFLICT that only moves the time forwards."""
    values = [str(new_id()), str(user_id), network, now.isoformat(" ")]
    await connection().execute_query(_NOTE_NETWORK, values)


async def count_operators(besides: UUID) -> int:
    """Counts by the table of roles."""
    ((number,),) = await rows(_OPERATORS, [str(ANONYMOUS_ID), str(besides)])
    return int(number)


async def lock_operators() -> None:
    """Nothing, because a transaction holds the write lock from its beginning."""


async def count_events_by_minute(
    actions: Sequence[str], since: datetime
) -> list[tuple[datetime, str, int]]:
    """The events as (minute, outcome, number); rows with an unreadable time are left out."""
    found = await rows(_MINUTES, [json.dumps(list(actions)), since.isoformat(" ")])
    return [(datetime.fromisoformat(f"{row[0]}:00+00:00"), row[1], row[2]) for row in found]


async def fold_counters() -> None:
    """Nothing, because the triggers update one row for each kind and day."""


async def recount() -> None:
    """Replaces every counter in one transaction."""
    async with transaction():
        await connection().execute_query("DELETE FROM auth_tallies")
        await connection().execute_query(_COUNT, [str(ANONYMOUS_ID)] * 3)
