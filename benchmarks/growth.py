"""Whether a check costs more when there are more users and keys.

On PostgreSQL, with the same server and the same key: a remembered check, and one that has to ask
the database, while the tables grow.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from statistics import median

import asyncpg

from benchmarks.checks import Target, database, targets, wrk
from benchmarks.servers import server

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 3

_FILL = """
INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at)
SELECT md5('u' || n)::uuid, 'user' || n || '@example.com', 'User ' || n, '["user"]', true, now(), now()
FROM generate_series({first}, {last}) AS n;
INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at)
SELECT md5('k' || n)::uuid, md5('u' || n)::uuid, 'key', encode(sha256(('k' || n)::bytea), 'hex'),
    'evr_00000000...', '["*"]', now()
FROM generate_series({first}, {last}) AS n;
ANALYZE users, api_keys;
"""


def main() -> None:
    """Print requests a second at each size."""
    with ExitStack() as stack:
        variables = stack.enter_context(database("postgresql"))
        remembering = stack.enter_context(server(**variables))
        asking = stack.enter_context(server(**variables, AUTH_REMEMBERED_CREDENTIALS="0"))
        key = next(t for t in targets(remembering) if t.name == "verify, API key")
        asked = Target("asked", f"{asking.url}/v1/auth/verify", key.header)
        filled = 0
        for size in SIZES:
            asyncio.run(_fill(variables["DATABASE_URL"], filled + 1, size))
            filled = size
            rates = {t.name: [wrk(t).rate for _ in range(ROUNDS)] for t in (key, asked)}
            print(
                f"{size:>9} users and keys: remembered {median(rates[key.name]):.0f}/s, "
                f"asking the database {median(rates['asked']):.0f}/s",
                flush=True,
            )


async def _fill(url: str, first: int, last: int) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_FILL.format(first=first, last=last))
    await connection.close()
