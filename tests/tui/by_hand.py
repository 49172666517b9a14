"""Rows by the hundred, each kind made by hand in one statement (SQLite)."""

from __future__ import annotations

from models import database


async def many_users(count: int) -> None:
    """So many users, made by hand in one statement."""
    await database.connection().execute_script(
        f"""
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})
        INSERT INTO users (id, email, name, roles, email_verified, created_at, updated_at)
        SELECT printf('00000000-0000-7000-8000-%012x', i + 1000), printf('p%04d@example.com', i),
            printf('User %d', i), '["user"]', 0, '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00'
        FROM n;
        """
    )


async def keys_in_use(count: int) -> None:
    """So many keys of everybody's that are used again and again."""
    await database.connection().execute_script(
        f"""
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1})
        INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix, scopes, created_at,
            last_used_at)
        SELECT printf('00000000-0000-7000-8000-%012x', i + 1000), (SELECT id FROM users LIMIT 1),
            printf('in use %d', i), printf('%064x', i), 'evr_00000000...', '["*"]',
            '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00'
        FROM n;
        """
    )
