"""What makes a change of a credential heard: a counter on SQLite, notifications on PostgreSQL.

What counts is what an answer out of memory shows or decides by. Of a user: what `/me` and `/verify`
answer with, `disabled_at`, the row. Of a key: `key_hash`, `user_id`, `scopes`, `expires_at`, the
row. Of a session: `user_id`, `expires_at` moving earlier, the row.

On SQLite a shell has foreign keys off, so a trigger deletes a user's rows; and REPLACE fires no
delete trigger, so a BEFORE INSERT trigger looks for the row that is about to be replaced.

On PostgreSQL a payload over 8,000 bytes would abort the statement of whoever caused it, so above
100 rows or 7,900 bytes it is `all`. A statement that changes nothing says nothing.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

BUMP = "UPDATE auth_changes SET counter = counter + 1"

SQLITE = f"""
CREATE TABLE "auth_changes" (
    "id" INTEGER NOT NULL PRIMARY KEY CHECK ("id" = 1),
    "counter" INTEGER NOT NULL
);
INSERT INTO "auth_changes" ("id", "counter") VALUES (1, 0);

CREATE TRIGGER "users_changed" AFTER UPDATE ON "users"
WHEN OLD.id IS NOT NEW.id OR OLD.email IS NOT NEW.email OR OLD.name IS NOT NEW.name
    OR OLD.avatar_url IS NOT NEW.avatar_url OR OLD.roles IS NOT NEW.roles
    OR OLD.email_verified IS NOT NEW.email_verified OR OLD.disabled_at IS NOT NEW.disabled_at
BEGIN {BUMP}; END;
CREATE TRIGGER "users_deleted" AFTER DELETE ON "users"
BEGIN
    DELETE FROM "refresh_tokens" WHERE "user_id" = OLD.id;
    DELETE FROM "api_keys" WHERE "user_id" = OLD.id;
    DELETE FROM "oauth_identities" WHERE "user_id" = OLD.id;
    {BUMP};
END;
CREATE TRIGGER "users_replaced" BEFORE INSERT ON "users"
WHEN EXISTS (SELECT 1 FROM "users" WHERE "id" = NEW.id OR "email" = NEW.email)
BEGIN {BUMP}; END;

CREATE TRIGGER "api_keys_changed" AFTER UPDATE ON "api_keys"
WHEN OLD.id IS NOT NEW.id OR OLD.key_hash IS NOT NEW.key_hash OR OLD.user_id IS NOT NEW.user_id
    OR OLD.scopes IS NOT NEW.scopes OR OLD.expires_at IS NOT NEW.expires_at
BEGIN {BUMP}; END;
CREATE TRIGGER "api_keys_deleted" AFTER DELETE ON "api_keys"
BEGIN {BUMP}; END;
CREATE TRIGGER "api_keys_replaced" BEFORE INSERT ON "api_keys"
WHEN EXISTS (SELECT 1 FROM "api_keys" WHERE "id" = NEW.id OR "key_hash" = NEW.key_hash)
BEGIN {BUMP}; END;

CREATE TRIGGER "refresh_tokens_changed" AFTER UPDATE ON "refresh_tokens"
WHEN OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR NEW.expires_at < OLD.expires_at
BEGIN {BUMP}; END;
CREATE TRIGGER "refresh_tokens_deleted" AFTER DELETE ON "refresh_tokens"
BEGIN {BUMP}; END;
CREATE TRIGGER "refresh_tokens_replaced" BEFORE INSERT ON "refresh_tokens"
WHEN EXISTS (
    SELECT 1 FROM "refresh_tokens" WHERE "id" = NEW.id OR "token_hash" = NEW.token_hash
)
BEGIN {BUMP}; END;
"""

SQLITE_DROP = """
DROP TRIGGER "users_changed";
DROP TRIGGER "users_deleted";
DROP TRIGGER "users_replaced";
DROP TRIGGER "api_keys_changed";
DROP TRIGGER "api_keys_deleted";
DROP TRIGGER "api_keys_replaced";
DROP TRIGGER "refresh_tokens_changed";
DROP TRIGGER "refresh_tokens_deleted";
DROP TRIGGER "refresh_tokens_replaced";
DROP TABLE "auth_changes";
"""

# What an UPDATE must alter to count, with `o` the old row and `n` the new one.
_COUNTS = {
    "users": (
        "user",
        "(o.email, o.name, o.avatar_url, o.roles, o.email_verified, o.disabled_at) IS DISTINCT FROM "
        "(n.email, n.name, n.avatar_url, n.roles, n.email_verified, n.disabled_at)",
    ),
    "api_keys": (
        "key",
        "(o.key_hash, o.user_id, o.scopes, o.expires_at) IS DISTINCT FROM "
        "(n.key_hash, n.user_id, n.scopes, n.expires_at)",
    ),
    "refresh_tokens": (
        "session",
        "o.user_id IS DISTINCT FROM n.user_id OR n.expires_at < o.expires_at",
    ),
}

_SAY = """
CREATE FUNCTION everruns_auth_say(kind text, ids uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    payload text;
BEGIN
    IF COALESCE(cardinality(ids), 0) = 0 THEN
        RETURN;
    END IF;
    payload := 'all';
    IF cardinality(ids) <= 100 THEN
        SELECT string_agg(kind || ':' || id, ',') INTO payload FROM unnest(ids) AS id;
        IF octet_length(payload) > 7900 THEN
            payload := 'all';
        END IF;
    END IF;
    PERFORM pg_notify('everruns_auth_changes', payload);
END $$;

CREATE FUNCTION everruns_auth_say_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('everruns_auth_changes', 'all');
    RETURN NULL;
END $$;
"""

# One more than is ever named is enough to know that there are too many.
_TABLE = """
CREATE FUNCTION everruns_auth_{table}_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM everruns_auth_say('{kind}', ARRAY(
        SELECT o.id FROM old_rows o LEFT JOIN new_rows n ON n.id = o.id
        WHERE n.id IS NULL OR {counts} LIMIT 101
    ));
    RETURN NULL;
END $$;
CREATE FUNCTION everruns_auth_{table}_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM everruns_auth_say('{kind}', ARRAY(SELECT o.id FROM old_rows o LIMIT 101));
    RETURN NULL;
END $$;
CREATE TRIGGER everruns_auth_{table}_updated AFTER UPDATE ON "{table}"
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_{table}_updated();
CREATE TRIGGER everruns_auth_{table}_deleted AFTER DELETE ON "{table}"
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_{table}_deleted();
CREATE TRIGGER everruns_auth_{table}_truncated AFTER TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_say_all();
"""

_TABLE_DROP = """
DROP TRIGGER everruns_auth_{table}_updated ON "{table}";
DROP TRIGGER everruns_auth_{table}_deleted ON "{table}";
DROP TRIGGER everruns_auth_{table}_truncated ON "{table}";
DROP FUNCTION everruns_auth_{table}_updated();
DROP FUNCTION everruns_auth_{table}_deleted();
"""

POSTGRESQL = _SAY + "".join(
    _TABLE.format(table=table, kind=kind, counts=counts)
    for table, (kind, counts) in _COUNTS.items()
)

POSTGRESQL_DROP = "".join(_TABLE_DROP.format(table=table) for table in _COUNTS) + (
    "DROP FUNCTION everruns_auth_say(text, uuid[]);\nDROP FUNCTION everruns_auth_say_all();\n"
)


async def upgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE if db.capabilities.dialect == "sqlite" else POSTGRESQL


async def downgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE_DROP if db.capabilities.dialect == "sqlite" else POSTGRESQL_DROP


MODELS_STATE = (
    "eJztXFtT2zgU/iuavCydYRkSAmXKzs6ES6fZFrIDYXenpeMotpJocSRXkgMMy39fSXbie7"
    "BpQh3XT5CjcyT5O7qdT5fHxpRayOY71xyxxjvw2CBwiuQ/Efk2aEDHCaRKIODQ1oqu1NAS"
    "OOSCQVNI4QjaHEmRhbjJsCMwJUq1AxypSwmgDEDgMDpmcArEBApgQgI4HhOAyREYWJir7C"
    "0DigEgrm2DKYKEA0S0eEcVZ1FTlofJeOU5uwR/c5Eh6BiJiYbly1cpxsRC94jPfzq3xggj"
    "24qghi2VgZYb4sHRsuvr7ul7ralqPTRMartTEmg7D2JCyULddbG1o2xU2hgRxKBAVghUVW"
    "sf/LnIq7EUCOaiRVWtQGChEXRt5ZrGbyOXmMojwHexKpjvEHRnYOt3v44hfcO46PWNq7O+"
    "YTQSLlV1ifnCF5mUqOaAiVCIPT55+QbIaGlDFXDyoXO5tXfwRmNBuRgznahxazxpQyigZ6"
    "rRD+BGU4jtJOInE8jSEV8YxECXVV0P3HOA1gBpYwrvDRuRsZjIn6399hKM/+pcapillsaZ"
    "yo7qdd8LP6nlpSm8A3z13wLwzvVXg+5cEMAbjCuvj+/ubh58d3ez8VVpUXzhTLZsZrisUC"
    "OOWr0Ia7+dlhXq9mEurNuHS8BWiVG0GbURTwL9x1XvIh3ohUEMYwubAvwHbMzFutp1aJge"
    "utgWmPAdVd6PGKAVQCrnKeff7DDMW+edf+IeOPnUO46P5CqD45gzHMj5HWWWMYF8UqT1Jw"
    "yr2AHWMNboqc+YIYZlpinLlGMqWzskS+bNiHEM9aG0XldfWEhet9kf93qfIs3+uNuP4X19"
    "fnx2udXUbpBKWGhx96Ifwz606kwCfyrhEniK0pGPmcZHIt92Z/7P5jX9JR7od8/Prvqd8z"
    "8jbjjt9M9USktLH2LSrYNYp1hkAv7u9j8A9RN87l2cxQephV7/c0PVCbqCGoTeGdAKYzIX"
    "z0URP9uQC0OGQHiGXuDqpHXt7TJ722RI4f4CT0ctV+Dlsq2dq+Rm17Fe6OaoZe3m0rlZ8T"
    "ij2xC1oARDaN7eQbnAjKSEgjYHG7foISWSOPYt33+8RDbUYCb97rMuHQd/RA+b6/NA6k8y"
    "kT7DEecy3+/E6BKNpIMnfXqLSFWRwhYiAgucFpkWwarXccWk62VWqWaluiRt0axOmkyatq"
    "ZxCSRwrD9Jla1KinbCFN476J7ZzHd4IMhDfktdQEcAAkWZH4EBunewbN9xKlqz1lgAiyIO"
    "CBXA00sjvVeQ4/Nk9xdN8RseWR1auXytWfBysOA1S7te5kT2ssIsVdimcnsNB3m2Gg6ydx"
    "oOEhsNCi6HoRG+LwpyYFXJ5pyrNS9pzHGguUmdYiR4YFGz4CtnwYMJu2hsGbWsiaKyhZYJ"
    "WlAuol7CIcRta09vhqexU2Qmi9tVb0+rvZ9jKmvvZ05lKik6dtb060/RpULBZ96IMmSyyr"
    "CyvE59JnhM0JxRdJPQvqcM4TH5iB40wF1ZD0jMtKAxdkxwMyFNkE5SzODdgtkINyj57fKL"
    "kbfTe9K5OumcnjWesnnjddJXEX40hcSK86fZVBbzNA2hVHMTWj7Lm8ZMzZNuyA0Z6Fx1OD"
    "wAWNFRCFh4jLhQ5BUWHJguY4gI4FcDaINtMJDB3QxTlxvhHKSNyoESdEOGaCSb6hEYcISs"
    "gbTwG6AsWv1iVPgD/QBAYkUJMsgQuFPMmMptXgNd0C8cDB8E4jdkRG2b3oERo9OaLasGWx"
    "Y0pSILtKhVzeg8y+ikdN0ieGeYV29dvHrk1VBYBOq5fgX5s9WDG8wvSYi7RKQjHDWK4axW"
    "HWvCeXddII9VDX5tNdtv24d7B+1DqaJruZC8XYJ78nhcME0XjeSilnUkV+pIrmQ0WO3q9b"
    "m6RLx2Dje/5rqrSl6uGbifws3YUdoyw5R9w+xlZdSqegv31RPamjiAEpOU7pSNc9Sqejjv"
    "N1s5gJZamUjrtBSoa1K5JpVrUjlOKkcPkqawyomTptm0MpXzysSIHnHNQSwTAE2TukQAKL"
    "zr/DOZBzsCW/N/twF3h/8iU7xRhLJmcb1S5EdygMU2IGiGmKZ2/VkohaVeXzkpPPGXxjxT"
    "peBn69HCNX1crqFtewl9HHZifjIzsKkgy7aXZ4Ley56f9xLT87x3FMA4ZFJBiFv7eVabUm"
    "vJ6w6J9eYrv55R6lXmWp7PqOPjlwzOGxcfl4zXLFk/q5Kn67CxDhvrsDH9Kp1rYXE2Q7re"
    "yet0Qer20it1Ss9ASjFnsNgjCGj9HdAVYALVBTcw8tqMuh/H36mbb9QVNp4hdfaIcnXsh0"
    "6VmDsI3nJAR8ngcIX55jk05I3+0q0yJRIDqthPiSQINEXm7ynXEWJ5IsTii4B6lbcBc3/Q"
    "2fKGS4FFBSPS1R+tkWOpSYvdZA2ZVBDi5kEOiJvxPhFArJKe4m2YFl3Ahm2+Y1bYnKjk2a"
    "G/BPFAJdGs95nrfeaK7TMzJL+Ui9QxIhvqqFX1oG628rzvKrWyp7ZW4nVXC4lUOjv7Zntg"
    "UY6b7arYjb7ZnuB2fhAVgRg2J400GsJL2V5KQQQ6z5EP2eCv+An5zJPlqSNEyolyfzgo72"
    "2UlZwoz47JZ4jxgtFbyKSCscVaNhRVpyqAsK9eQXSbuZ4hai55hqiZfIZIlihS12zZM1zI"
    "5PWnuB8Tb1RjMnv6HxMiqRk="
)
