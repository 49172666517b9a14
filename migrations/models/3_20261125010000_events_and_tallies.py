"""What operators see without scanning what grows: a short log of events, and tallies.

`auth_events` keeps for some minutes what happened, by whoever's hand, for the stream. `auth_tallies`
keeps how many users, sessions and keys there are: keys by the day of their last use and of their
expiry, sessions by the day of their expiry, days counted from the epoch and -1 for never. The
anonymous row is in no tally.

On SQLite a tally is one row that triggers add to. On PostgreSQL that row would make writers wait
for each other, so each statement adds rows of its own, which are summed up now and then. There
`xid` tells which events a reader has not seen yet, whatever the order in which transactions commit.
A statement that concerns more than 1,000 rows says `reset`: everything is to be loaded again.

REPLACE on SQLite, of INSERT and of UPDATE, fires no delete trigger. It is noted that the tallies need to be counted anew.

On PostgreSQL the triggers write with the rights of whoever migrated: an operator's role that may
only delete sessions needs none on the bookkeeping. Their search path names no temporary schema
first, or that role could put a table of its own in the place of ours (CVE-2018-1058).
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

ANONYMOUS = "00000000-0000-0000-0000-000000000001"


def _sqlite_day(column: str) -> str:
    # Of the date alone, as the ORM compares: the whole would be rounded to the next day in its last
    # half millisecond, and moved by an offset that a hand wrote. Before the epoch all is day 0.
    seconds = f"CAST(strftime('%s', substr({column}, 1, 10)) AS INTEGER)"
    return f"COALESCE(max({seconds} / 86400, 0), -1)"


def _sqlite_add(number: int, what: str, used: str, expires: str, where: str) -> str:
    return (
        f'INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") '
        f"SELECT '{what}', {used}, {expires}, {number} WHERE {where} "
        'ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";'
    )


def _sqlite_tally(table: str, row: str, number: int) -> str:
    """Statements that add `number` for the row `row` (OLD or NEW) of a table."""
    if table == "users":
        is_counted = f"{row}.id <> '{ANONYMOUS}'"
        is_operator = (
            f"{row}.disabled_at IS NULL "
            f"AND EXISTS (SELECT 1 FROM json_each({row}.roles) WHERE value = 'admin')"
        )
        return "\n    ".join(
            _sqlite_add(number, what, "0", "0", f"{is_counted} AND {condition}")
            for what, condition in (
                ("users", "1"),
                ("disabled", f"{row}.disabled_at IS NOT NULL"),
                ("operators", is_operator),
            )
        )
    used = _sqlite_day(f"{row}.last_used_at") if table == "api_keys" else "0"
    return _sqlite_add(number, table, used, _sqlite_day(f"{row}.expires_at"), "1")


def _sqlite_tell(kind: str, item: str) -> str:
    return (
        'INSERT INTO "auth_events" ("at", "kind", "items") '
        f"VALUES (CAST(strftime('%s', 'now') AS INTEGER), '{kind}', json_array({item}));"
    )


def _texts(row: str, **columns: str) -> str:
    """An object of texts: JSON has no BLOBs, and whoever writes one by hand must not be stopped."""
    return ", ".join(f"'{name}', CAST({row}.{column} AS TEXT)" for name, column in columns.items())


def _owned(row: str) -> str:
    return f"json_object({_texts(row, id='id', user_id='user_id')})"


def _changed(row: str, word: str) -> str:
    return f"json_object({_texts(row, id='id')}, 'change', '{word}')"


def _email(column: str) -> str:
    return f"(SELECT CAST(email AS TEXT) FROM users WHERE id = NEW.{column})"


_SQLITE_USE = f"json_object({_texts('NEW', id='id', last_used_at='last_used_at', ip='last_used_ip')})"
_SQLITE_AUDIT = f"""json_object(
        {_texts("NEW", id="id", at="at", action="action", outcome="outcome", actor_id="actor_id")},
        'actor_email', {_email("actor_id")}, {_texts("NEW", user_id="user_id")},
        'user_email', {_email("user_id")},
        {_texts("NEW", ip_address="ip_address", user_agent="user_agent", request_id="request_id")},
        'detail', CASE WHEN json_valid(NEW.detail) THEN json(NEW.detail) ELSE json('{{}}') END
    )"""
_USER_SHOWS = ("id", "email", "name", "avatar_url", "roles", "email_verified", "disabled_at")
_KEY_SHOWS = ("id", "user_id", "name", "key_hash", "key_prefix", "scopes", "expires_at")


def _sqlite_differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _sqlite_trigger(name: str, when: str, body: str) -> str:
    return f'CREATE TRIGGER "{name}" {when}\nBEGIN\n    {body}\nEND;\n'


def _sqlite_retally(table: str, tallied: tuple[str, ...]) -> str:
    return _sqlite_trigger(
        f"{table}_tallied",
        f'AFTER UPDATE ON "{table}" WHEN {_sqlite_differs(tallied)}',
        _sqlite_tally(table, "OLD", -1) + "\n    " + _sqlite_tally(table, "NEW", 1),
    )


_SQLITE_MISCOUNTED = (
    'INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") '
    "VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;\n    "
    + _sqlite_tell("reset", "json_object()")
)


def _sqlite_table(table: str, unique: str, came: str, went: str) -> str:
    """Rows that come, go and are replaced."""
    return (
        _sqlite_trigger(
            f"{table}_came",
            f'AFTER INSERT ON "{table}"',
            _sqlite_tally(table, "NEW", 1) + "\n    " + came,
        )
        + _sqlite_trigger(
            f"{table}_went",
            f'AFTER DELETE ON "{table}"',
            _sqlite_tally(table, "OLD", -1) + "\n    " + went,
        )
        + _sqlite_trigger(
            f"{table}_miscounted",
            f'BEFORE INSERT ON "{table}" WHEN EXISTS (\n'
            f'    SELECT 1 FROM "{table}" WHERE "id" = NEW.id OR "{unique}" = NEW.{unique}\n)',
            _SQLITE_MISCOUNTED,
        )
        + _sqlite_trigger(
            f"{table}_overwritten",
            f'BEFORE UPDATE OF "id", "{unique}" ON "{table}" WHEN EXISTS (\n'
            f'    SELECT 1 FROM "{table}" WHERE "id" <> OLD.id\n'
            f'        AND ("id" = NEW.id OR "{unique}" = NEW.{unique})\n)',
            _SQLITE_MISCOUNTED,
        )
    )


# Counted as the triggers count: what was there before they were.
_SQLITE_COUNT = f"""
INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
SELECT 'users', 0, 0, COUNT(*) FROM "users" WHERE id <> '{ANONYMOUS}'
UNION ALL
SELECT 'disabled', 0, 0, COUNT(*) FROM "users"
WHERE id <> '{ANONYMOUS}' AND disabled_at IS NOT NULL
UNION ALL
SELECT 'operators', 0, 0, COUNT(*) FROM "users"
WHERE id <> '{ANONYMOUS}' AND disabled_at IS NULL
    AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'admin')
UNION ALL
SELECT 'refresh_tokens', 0, {_sqlite_day("expires_at")}, COUNT(*)
FROM "refresh_tokens" GROUP BY 3
UNION ALL
SELECT 'api_keys', {_sqlite_day("last_used_at")}, {_sqlite_day("expires_at")}, COUNT(*)
FROM "api_keys" GROUP BY 2, 3;
"""

SQLITE = (
    """
CREATE TABLE "auth_events" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "at" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "items" TEXT NOT NULL
);
CREATE TABLE "auth_tallies" (
    "what" TEXT NOT NULL,
    "used_day" INTEGER NOT NULL,
    "expires_day" INTEGER NOT NULL,
    "n" INTEGER NOT NULL,
    PRIMARY KEY ("what", "used_day", "expires_day")
) WITHOUT ROWID;
"""
    + _SQLITE_COUNT
    + _sqlite_table(
        "users",
        "email",
        _sqlite_tell("user_changed", _changed("NEW", "created")),
        _sqlite_tell("user_changed", _changed("OLD", "deleted")),
    )
    + _sqlite_table(
        "refresh_tokens",
        "token_hash",
        _sqlite_tell("session_opened", _owned("NEW")),
        _sqlite_tell("session_ended", _owned("OLD")),
    )
    + _sqlite_table(
        "api_keys",
        "key_hash",
        _sqlite_tell("key_created", _owned("NEW")),
        _sqlite_tell("key_revoked", _owned("OLD")),
    )
    + _sqlite_retally("users", ("id", "roles", "disabled_at"))
    + _sqlite_retally("refresh_tokens", ("expires_at",))
    + _sqlite_retally("api_keys", ("last_used_at", "expires_at"))
    + _sqlite_trigger(
        "users_told",
        f'AFTER UPDATE ON "users" WHEN {_sqlite_differs(_USER_SHOWS)}',
        _sqlite_tell("user_changed", _changed("NEW", "updated")),
    )
    + _sqlite_trigger(
        "api_keys_told",
        f'AFTER UPDATE ON "api_keys" WHEN {_sqlite_differs(_KEY_SHOWS)}',
        _sqlite_tell("key_changed", _owned("NEW")),
    )
    + _sqlite_trigger(
        "api_keys_used",
        'AFTER UPDATE ON "api_keys" WHEN OLD.last_used_at IS NOT NEW.last_used_at',
        _sqlite_tell("key_used", _SQLITE_USE),
    )
    + _sqlite_trigger(
        "audit_events_told",
        'AFTER INSERT ON "audit_events"',
        _sqlite_tell("audit", _SQLITE_AUDIT),
    )
)

_TABLES = ("users", "refresh_tokens", "api_keys")
_SQLITE_TRIGGERS = (
    *(
        f"{table}_{word}"
        for table in _TABLES
        for word in ("came", "went", "miscounted", "overwritten", "tallied")
    ),
    "users_told",
    "api_keys_told",
    "api_keys_used",
    "audit_events_told",
)
SQLITE_DROP = "".join(f'DROP TRIGGER "{name}";\n' for name in _SQLITE_TRIGGERS) + (
    'DROP TABLE "auth_events";\nDROP TABLE "auth_tallies";\n'
)

_POSTGRESQL_TABLES = """
CREATE TABLE "auth_events" (
    "id" BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "xid" XID8 NOT NULL DEFAULT pg_current_xact_id(),
    "at" TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    "kind" TEXT NOT NULL,
    "items" JSONB NOT NULL
);
CREATE INDEX "idx_auth_events_xid" ON "auth_events" ("xid");
CREATE TABLE "auth_tallies" (
    "what" TEXT NOT NULL,
    "used_day" INT NOT NULL,
    "expires_day" INT NOT NULL,
    "n" BIGINT NOT NULL
);

-- Bounded, for what is beyond a number's range must not abort the statement of whoever wrote it.
CREATE FUNCTION everruns_auth_day(moment timestamptz) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN moment IS NULL THEN -1
        ELSE floor(extract(epoch FROM LEAST(GREATEST(moment, 'epoch'), '9999-01-01Z')) / 86400)::int
    END
$$;

CREATE FUNCTION everruns_auth_tell(kind text, items jsonb[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO "auth_events" ("kind", "items")
    SELECT CASE WHEN cardinality(items) > 1000 THEN 'reset' ELSE kind END,
        CASE WHEN cardinality(items) > 1000 THEN '[{}]' ELSE to_jsonb(items) END
    WHERE cardinality(items) > 0
$$;

CREATE FUNCTION everruns_auth_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Taken away and not deleted: where somebody sums up meanwhile, the sum is another row already.
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")
    SELECT "what", "used_day", "expires_day", -sum("n") FROM "auth_tallies"
    WHERE "what" = ANY (TG_ARGV::text[]) GROUP BY 1, 2, 3;
    PERFORM everruns_auth_tell('reset', ARRAY['{}'::jsonb]);
    RETURN NULL;
END $$;
"""

_POSTGRESQL_TALLIES = {
    "users": f"""
        SELECT t.what, 0 AS used_day, 0 AS expires_day FROM {{rows}} r CROSS JOIN LATERAL (VALUES
            ('users', true),
            ('disabled', r.disabled_at IS NOT NULL),
            ('operators', r.disabled_at IS NULL AND r.roles @> '["admin"]')
        ) AS t(what, is_counted) WHERE t.is_counted AND r.id <> '{ANONYMOUS}'""",
    "refresh_tokens": """
        SELECT 'refresh_tokens' AS what, 0 AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM {rows} r""",
    "api_keys": """
        SELECT 'api_keys' AS what, everruns_auth_day(r.last_used_at) AS used_day,
            everruns_auth_day(r.expires_at) AS expires_day FROM {rows} r""",
}
_TALLIED = {
    "users": "users, disabled, operators",
    "refresh_tokens": "refresh_tokens",
    "api_keys": "api_keys",
}


def _postgresql_tally(table: str, signs: dict[str, int]) -> str:
    parts = " UNION ALL ".join(
        f"SELECT counted.*, {number} AS n FROM ({_POSTGRESQL_TALLIES[table].format(rows=rows)}\n"
        "        ) AS counted"
        for rows, number in signs.items()
    )
    return (
        'INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n")\n'
        "    SELECT what, used_day, expires_day, sum(n) FROM (\n"
        f"        {parts}\n"
        "    ) AS moved GROUP BY 1, 2, 3 HAVING sum(n) <> 0;"
    )


def _postgresql_tell(kind: str, item: str, rows: str, where: str = "true") -> str:
    return (
        f"PERFORM everruns_auth_tell('{kind}', ARRAY(\n"
        f"        SELECT {item} FROM {rows} WHERE {where} LIMIT 1001\n    ));"
    )


def _postgresql_trigger(name: str, table: str, event: str, *statements: str) -> str:
    kept = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }[event]
    body = "\n    ".join(statements)
    return f"""
CREATE FUNCTION everruns_auth_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {body}
    RETURN NULL;
END $$;
CREATE TRIGGER everruns_auth_{name} AFTER {event} ON "{table}"
    REFERENCING {kept}
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_{name}();
"""


_OWNED = "jsonb_build_object('id', r.id, 'user_id', r.user_id)"
_BOTH = "old_rows o JOIN new_rows r ON r.id = o.id"
_AUDIT = """jsonb_build_object(
            'id', r.id, 'at', r.at, 'action', r.action, 'outcome', r.outcome,
            'actor_id', r.actor_id,
            'actor_email', (SELECT email FROM users WHERE id = r.actor_id),
            'user_id', r.user_id,
            'user_email', (SELECT email FROM users WHERE id = r.user_id),
            'ip_address', r.ip_address, 'user_agent', r.user_agent, 'request_id', r.request_id,
            'detail', r.detail
        )"""


def _postgresql_differs(columns: tuple[str, ...]) -> str:
    old = ", ".join(f"o.{column}" for column in columns)
    new = ", ".join(f"r.{column}" for column in columns)
    return f"({old}) IS DISTINCT FROM ({new})"


def _said(word: str) -> str:
    return f"jsonb_build_object('id', r.id, 'change', '{word}')"


# Event: what it tells of each table.
_CAME = {
    "users": ("user_changed", _said("created")),
    "refresh_tokens": ("session_opened", _OWNED),
    "api_keys": ("key_created", _OWNED),
}
_WENT = {
    "users": ("user_changed", _said("deleted")),
    "refresh_tokens": ("session_ended", _OWNED),
    "api_keys": ("key_revoked", _OWNED),
}
_MOVED = {
    "users": (
        _postgresql_tell(
            "user_changed", _said("updated"), _BOTH, _postgresql_differs(_USER_SHOWS[1:])
        ),
    ),
    "refresh_tokens": (),
    "api_keys": (
        _postgresql_tell("key_changed", _OWNED, _BOTH, _postgresql_differs(_KEY_SHOWS[1:])),
        _postgresql_tell(
            "key_used",
            "jsonb_build_object("
            "'id', r.id, 'last_used_at', r.last_used_at, 'ip', r.last_used_ip)",
            _BOTH,
            "o.last_used_at IS DISTINCT FROM r.last_used_at",
        ),
    ),
}


def _postgresql_table(table: str) -> str:
    return (
        _postgresql_trigger(
            f"{table}_came",
            table,
            "INSERT",
            _postgresql_tally(table, {"new_rows": 1}),
            _postgresql_tell(*_CAME[table], "new_rows r"),
        )
        + _postgresql_trigger(
            f"{table}_went",
            table,
            "DELETE",
            _postgresql_tally(table, {"old_rows": -1}),
            _postgresql_tell(*_WENT[table], "old_rows r"),
        )
        + _postgresql_trigger(
            f"{table}_moved",
            table,
            "UPDATE",
            _postgresql_tally(table, {"old_rows": -1, "new_rows": 1}),
            *_MOVED[table],
        )
        + f"""
CREATE TRIGGER everruns_auth_{table}_emptied AFTER TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_emptied({_TALLIED[table]});
"""
    )


POSTGRESQL = (
    _POSTGRESQL_TABLES
    + "".join(_postgresql_tally(table, {f'"{table}"': 1}) + "\n" for table in _TABLES)
    + "".join(_postgresql_table(table) for table in _TABLES)
    + _postgresql_trigger(
        "audit_events_came",
        "audit_events",
        "INSERT",
        _postgresql_tell("audit", _AUDIT, "new_rows r"),
    )
)

# A plan is made once a session, for as many rows as its first statement had. One that was made for a
# single row compares each old row with each new one: minutes where a later statement has thousands.
# The functions of the second migration join in the same way.
POSTGRESQL += """
DO $$
DECLARE
    own regprocedure;
BEGIN
    FOR own IN
        SELECT DISTINCT t.tgfoid::regprocedure FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE p.proname ~ '^everruns_auth_.*_(came|went|moved)$' OR p.proname = 'everruns_auth_emptied'
    LOOP
        EXECUTE format('ALTER FUNCTION %s SECURITY DEFINER SET search_path = %I, pg_temp',
            own, current_schema());
    END LOOP;
END $$;
""" + "".join(
    f"ALTER FUNCTION everruns_auth_{table}_{word}() SET enable_nestloop = off;\n"
    for table in _TABLES
    for word in ("moved", "updated")
)

POSTGRESQL_DROP = (
    "".join(
        f"ALTER FUNCTION everruns_auth_{table}_updated() RESET enable_nestloop;\n"
        for table in _TABLES
    )
    + "".join(
        f'DROP TRIGGER everruns_auth_{table}_{word} ON "{table}";\n'
        f"DROP FUNCTION everruns_auth_{table}_{word}();\n"
        for table in _TABLES
        for word in ("came", "went", "moved")
    )
    + "".join(f'DROP TRIGGER everruns_auth_{table}_emptied ON "{table}";\n' for table in _TABLES)
    + """
DROP TRIGGER everruns_auth_audit_events_came ON "audit_events";
DROP FUNCTION everruns_auth_audit_events_came();
DROP FUNCTION everruns_auth_emptied();
DROP FUNCTION everruns_auth_tell(text, jsonb[]);
DROP FUNCTION everruns_auth_day(timestamptz);
DROP TABLE "auth_events";
DROP TABLE "auth_tallies";
"""
)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE if db.capabilities.dialect == "sqlite" else POSTGRESQL


async def downgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE_DROP if db.capabilities.dialect == "sqlite" else POSTGRESQL_DROP


MODELS_STATE = (
    "eJztXG1T4zYQ/iuafCk3QxkSAsccnc6El5tL7yAdCG3noOMotpKoOJLPkgMM5b9Xkp3Y8k"
    "uw7xJwXH9LVrsr+Vm97SPZT40ptZDNdq4ZchsfwFODwCkSPzT5NmhAxwmlUsDh0FaKntBQ"
    "Ejhk3IUmF8IRtBkSIgsx08UOx5RI1Q5whC4lgLoAAselYxdOAZ9ADkxIAMNjAjA5AgMLM+"
    "neMiAfAOLZNpgiSBhARIl3ZHUWNUV9mIxX7tkj+JuHDE7HiE8ULDd/CzEmFnpATP698WGS"
    "Qqshym4aposgV26jUhsybghI8AxFSqQz584YYWRbGuaiUBQpucEfHSW7vu6eflSa8pmHhk"
    "ltb0pCbeeRTyhZqHsetnakjSwbI4Jc2axISOQzB6Gbi/znFQLuemjxoFYosNAIerYMbOOX"
    "kUdMGU8QdBBZMdsh6N7A1q9BGyP6hnHR6xtXZ33DaCQ6hGxLLJKByKREdiZMuMT76dn3Gy"
    "KjpA1ZwcmnzuXW3sE7hQVlfOyqQoVb41kZQg59UxW7EG40hdhOIn4ygW464guDGOiiqeuB"
    "ew7QGiBtTOGDYSMy5hPxt7XfXoLxH51LBbPQUjhTMcz9wX8RFLX8Mol3iO98jOSFd66/Gn"
    "TnghDecFZ6fXx3d/Pgu7ubja8s0/GFM9GzXcNzC3Vi3eq7sA76aVmhbh/mwrp9uARsWaij"
    "7VIbsSTQv131LtKBXhjEMLawycG/wMaMr6tfR6bpoYdtjgnbkfW9xQQtAZKep4x9s6Mwb5"
    "13/opH4ORL7zg+k0sHx7FgOJCxe+paxgSySZHenzCs4gBYw1yjlj5jhlwsnKZsU46p6O2Q"
    "LFk3NeMY6kNhva6xsJC8brc/7vW+aN3+uNuP4X19fnx2udVUYRBKmCtx96Ifwz6yZ00Cfy"
    "rg4niK0pGPmcZnosB2Z/5j87r+kgj0u+dnV/3O+e9aGE47/TNZ0lLSx5h06yA2KBZOwJ/d"
    "/icg/4KvvYuz+CS10Ot/bcg2QY9Tg9B7A1pRTObiuUiLczJbKBLqpHUd7TJHW88Yi0Rat1"
    "xBlMu2d65SmD3H+s4w65Z1mEsXZsnjjO4i1IIUDKF5dw/FBlMriSRtDjbu0GNKJnEcWH78"
    "fIlsqMBMxj1gXToO/oweNzfmoTRYZLQxwxBjwu8PYnSJRiLAkz69Q6SqSGELEY45TstMi2"
    "DV63h80vWdVapbySFJWzRrkCaLpq1pXAIJHKtHknXLmvRBmMKah8MzmzePTgR5qHOhC+gI"
    "QCAJ9yMwQA8OFv07TmQrzhtzYFHEAKEc+HpplPkKPOahyqV3wyerIzsXxY8XYNGFl7g8bG"
    "/NrJeLWa+Z3/WyMWLkFma+ojaVO784yHN8cZB9enGQOLyQcDkuGuGHoiCHVpXszrl685LO"
    "HAeamdQpRqyHFjWzvnJmXV9Ui+SrumVNPpUtXU1QjZEtVWGiMWJbR3ozIo2dIitZ3K5652"
    "Tt/RxLWXs/cymTRfrcWVO6/4shFUlo82aUEZNVppXlDeoLyWOCOtXRTUL7kboIj8ln9KgA"
    "7op2QGKmJY2xi4ubCWmCyBJiF94vmI1ohxLPLp4Y+afHJ52rk87pWeM5m4teJyWmca4pxF"
    "ick82mx1xf0+BSNTdJFjDHaWzXvOiW3JKB8qrS4QHAkuJCwMJjxLgkxDBnwPRcFxEOgmYA"
    "ZbANBiK5m2HqMSPqQdhID5SgWzJEI9FVj8CAIWQNhEXQAUXV8p9LeTDRDwAklk66QReBe8"
    "m2SW/zFqiKfmJg+MgRuyUjatv0HoxcOl0FA1czbtVg3MLuWGSTp1vVrNCLrFDK8C+Cd4Z5"
    "9fbWq0deTqdFoJ7rV5CDWz244RqVhLhLeDrCulEMZ7lzWRPOu+sCeSxb8HOr2X7fPtw7aB"
    "8KFdXKheT9EtyT1/bCpb5oNqhb1tlgqbPBklFpdajXF+oSceN1mOubmXWYfyjM2JHawmHK"
    "4WP2vlK3qt7OffWsuGIfoMAkZThl46xbVQ/n/WYrB9BCKxNpVZYCdc1M18x0zUzHmWn9hm"
    "sKNZ24ApvNTVOxrkwM/e5tDnaaAGia1CMcQO5/pWAmfLhHYGv+cxswb/gPMvk7yUorKtiv"
    "RTwkA5hvA4JmyFX8cLAKpVDd66snhWy+acydSoXArc8L5+Wgow7majWxXBJiORqc/DRnaF"
    "NB/m0vz8q9l71w7yXW7fmwKYBxxKSCELf282xDhdaS71EkNqKv/L2PUm8/1/LBjzpx/p7J"
    "eeMS55IxniUbZ1WKdJ1P1vlknU+mv/znWZifzZBqd/IFwLB0e+lLgFLPQFIxZxbZIwgo/R"
    "3Q5WAC5St5YOT3GflGH/sg39WjHrfxDMmbTZTJS0V0KsXMQfCOATpKZo0r9JvnSpJ+rygS"
    "Y71AQEEzS4KTZ10uWmhSf92obym9xYS3vSSZLL5fqDeEG7BNCMdi3swqtKhg8rr6+zmRSS"
    "0vwhGTCkLcPMgBcTM+JkKIZdFzvA/TonvdqM0PrAqbk8C8OPWXIHWoJJr1WXV9Vl2xs2oX"
    "iSdlPHWOyIZat6oe1M1Wno/XCq3spa2V+HSthXgq8539in1oUY5X7GW1G/2KfYIGeiPWAr"
    "nYnDTSGAu/ZHspWxHqvMRTZIP/MjtQKFvPvJ6eOkOkXEsPpoPyvtKykmvp2Tn5DLmsYPYW"
    "MalgbrGWs0c5qAogHKhXEN1mru8hNZd8D6mZ/B6SqJGn7tmyV7iIyesvcW+Tb1RjMXv+D6"
    "gg/lY="
)
