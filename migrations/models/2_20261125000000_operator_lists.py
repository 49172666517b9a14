"""What makes the operators' lists quick: an index for each sort, and indexes of parts of words.

`users_search` and `api_keys_search` hold what is searched, kept by triggers, so hand-written SQL
keeps them too. They are tables of their own because a use of a key or a sign-in must not touch an
index of words. Two newlines stand before each column in them: so a short beginning of a column is
a part of three characters, which is what the indexes are made of.

On PostgreSQL the index is pg_trgm's. Where the database has no such extension, or does not let us
add it, there is none, and a search reads the whole side table.

On SQLite it is FTS5's. The side tables number their rows themselves, because VACUUM renumbers
those of tables without a whole number as their key. A shell's REPLACE fires no delete trigger, so
what it is about to remove is removed from the side table before. `users_roles` has a row for each
role of each user, where PostgreSQL indexes the JSON.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# As aerich wrote it, the same for both engines; and those of the disabled, who are few, by hand.
INDEXES = """
DROP INDEX "idx_audit_event_action_0d3a78";
DROP INDEX "idx_audit_event_actor_i_0a3d93";
DROP INDEX "idx_audit_event_user_id_7e1fe1";
DROP INDEX "idx_refresh_tok_expires_310999";
CREATE INDEX "idx_api_keys_created_f45c70" ON "api_keys" ("created_at", "id");
CREATE INDEX "idx_api_keys_expires_930194" ON "api_keys" ("expires_at", "id");
CREATE INDEX "idx_api_keys_last_us_509823" ON "api_keys" ("last_used_at", "id");
CREATE INDEX "idx_api_keys_name_4f5780" ON "api_keys" ("name", "id");
CREATE INDEX "idx_audit_event_action_bd7165" ON "audit_events" ("action", "at", "id");
CREATE INDEX "idx_audit_event_actor_i_b2b2d8" ON "audit_events" ("actor_id", "at", "id");
CREATE INDEX "idx_audit_event_outcome_89aa4c" ON "audit_events" ("outcome", "at", "id");
CREATE INDEX "idx_audit_event_user_id_b94bb6" ON "audit_events" ("user_id", "at", "id");
CREATE INDEX "idx_oauth_ident_provide_0c06f4" ON "oauth_identities" ("provider", "user_id");
CREATE INDEX "idx_refresh_tok_created_7247a0" ON "refresh_tokens" ("created_at", "id");
CREATE INDEX "idx_refresh_tok_expires_a63f42" ON "refresh_tokens" ("expires_at", "id");
CREATE INDEX "idx_refresh_tok_last_us_95ae7a" ON "refresh_tokens" ("last_used_at", "id");
CREATE INDEX "idx_users_created_eeb5e9" ON "users" ("created_at", "id");
CREATE INDEX "idx_users_last_ac_c27f06" ON "users" ("last_active_at", "id");
CREATE INDEX "idx_users_name_dff59b" ON "users" ("name", "id");
CREATE INDEX "users_disabled_email" ON "users" ("email") WHERE "disabled_at" IS NOT NULL;
CREATE INDEX "users_disabled_name" ON "users" ("name", "id") WHERE "disabled_at" IS NOT NULL;
CREATE INDEX "users_disabled_created" ON "users" ("created_at", "id") WHERE "disabled_at" IS NOT NULL;
CREATE INDEX "users_disabled_active" ON "users" ("last_active_at", "id") WHERE "disabled_at" IS NOT NULL;
"""

INDEXES_DROP = """
DROP INDEX "users_disabled_email";
DROP INDEX "users_disabled_name";
DROP INDEX "users_disabled_created";
DROP INDEX "users_disabled_active";
DROP INDEX "idx_api_keys_created_f45c70";
DROP INDEX "idx_api_keys_expires_930194";
DROP INDEX "idx_api_keys_last_us_509823";
DROP INDEX "idx_api_keys_name_4f5780";
DROP INDEX "idx_audit_event_action_bd7165";
DROP INDEX "idx_audit_event_actor_i_b2b2d8";
DROP INDEX "idx_audit_event_outcome_89aa4c";
DROP INDEX "idx_audit_event_user_id_b94bb6";
DROP INDEX "idx_oauth_ident_provide_0c06f4";
DROP INDEX "idx_refresh_tok_created_7247a0";
DROP INDEX "idx_refresh_tok_expires_a63f42";
DROP INDEX "idx_refresh_tok_last_us_95ae7a";
DROP INDEX "idx_users_created_eeb5e9";
DROP INDEX "idx_users_last_ac_c27f06";
DROP INDEX "idx_users_name_dff59b";
CREATE INDEX "idx_audit_event_action_0d3a78" ON "audit_events" ("action", "at");
CREATE INDEX "idx_audit_event_actor_i_0a3d93" ON "audit_events" ("actor_id", "at");
CREATE INDEX "idx_audit_event_user_id_7e1fe1" ON "audit_events" ("user_id", "at");
CREATE INDEX "idx_refresh_tok_expires_310999" ON "refresh_tokens" ("expires_at");
"""

# What is searched of a row of each table, and what else than its id makes it unique.
_SEARCHED = {
    "users": (("email", "name"), "email"),
    "api_keys": (("name", "key_prefix"), "key_hash"),
}

_SQLITE_SEARCH = """
CREATE TABLE "{table}_search" (
    "number" INTEGER PRIMARY KEY,
    "id" CHAR(36) NOT NULL UNIQUE,
    "text" TEXT NOT NULL
);
CREATE VIRTUAL TABLE "{table}_search_parts" USING fts5(
    "text", content='{table}_search', content_rowid='number', tokenize='trigram'
);
INSERT INTO "{table}_search" ("id", "text") SELECT "id", {text} FROM "{table}";
INSERT INTO "{table}_search_parts" ("{table}_search_parts") VALUES ('rebuild');

CREATE TRIGGER "{table}_search_added" AFTER INSERT ON "{table}_search" BEGIN
    INSERT INTO "{table}_search_parts" ("rowid", "text") VALUES (NEW.number, NEW.text);
END;
CREATE TRIGGER "{table}_search_removed" AFTER DELETE ON "{table}_search" BEGIN
    INSERT INTO "{table}_search_parts" ("{table}_search_parts", "rowid", "text")
    VALUES ('delete', OLD.number, OLD.text);
END;
CREATE TRIGGER "{table}_found_replaced" BEFORE INSERT ON "{table}" BEGIN
    DELETE FROM "{table}_search" WHERE "id" = NEW.id
        OR "id" = (SELECT "id" FROM "{table}" WHERE "{unique}" = NEW.{unique});
END;
CREATE TRIGGER "{table}_found_added" AFTER INSERT ON "{table}" BEGIN
    INSERT INTO "{table}_search" ("id", "text") SELECT NEW.id, {new_text};
END;
CREATE TRIGGER "{table}_found_changed" AFTER UPDATE OF "id", {columns} ON "{table}"
WHEN (OLD.id, {old_columns}) IS NOT (NEW.id, {new_columns}) BEGIN
    DELETE FROM "{table}_search" WHERE "id" IN (OLD.id, NEW.id);
    INSERT INTO "{table}_search" ("id", "text") SELECT NEW.id, {new_text};
END;
CREATE TRIGGER "{table}_found_removed" AFTER DELETE ON "{table}" BEGIN
    DELETE FROM "{table}_search" WHERE "id" = OLD.id;
END;
"""

_SQLITE_SEARCH_DROP = """
DROP TRIGGER "{table}_found_replaced";
DROP TRIGGER "{table}_found_added";
DROP TRIGGER "{table}_found_changed";
DROP TRIGGER "{table}_found_removed";
DROP TABLE "{table}_search_parts";
DROP TABLE "{table}_search";
"""

SQLITE_ROLES = """
CREATE TABLE "users_roles" (
    "role" TEXT NOT NULL,
    "user_id" CHAR(36) NOT NULL,
    PRIMARY KEY ("role", "user_id")
) WITHOUT ROWID;
CREATE INDEX "users_roles_of_user" ON "users_roles" ("user_id");
INSERT OR IGNORE INTO "users_roles" ("role", "user_id")
    SELECT e.value, u.id FROM "users" u, json_each(u.roles) e WHERE e.type = 'text';

CREATE TRIGGER "users_roles_replaced" BEFORE INSERT ON "users" BEGIN
    DELETE FROM "users_roles" WHERE "user_id" = NEW.id
        OR "user_id" = (SELECT "id" FROM "users" WHERE "email" = NEW.email);
END;
CREATE TRIGGER "users_roles_added" AFTER INSERT ON "users" BEGIN
    INSERT OR IGNORE INTO "users_roles" ("role", "user_id")
        SELECT value, NEW.id FROM json_each(NEW.roles) WHERE type = 'text';
END;
CREATE TRIGGER "users_roles_changed" AFTER UPDATE OF "id", "roles" ON "users"
WHEN (OLD.id, OLD.roles) IS NOT (NEW.id, NEW.roles) BEGIN
    DELETE FROM "users_roles" WHERE "user_id" IN (OLD.id, NEW.id);
    INSERT OR IGNORE INTO "users_roles" ("role", "user_id")
        SELECT value, NEW.id FROM json_each(NEW.roles) WHERE type = 'text';
END;
CREATE TRIGGER "users_roles_removed" AFTER DELETE ON "users" BEGIN
    DELETE FROM "users_roles" WHERE "user_id" = OLD.id;
END;
"""

SQLITE_ROLES_DROP = """
DROP TRIGGER "users_roles_replaced";
DROP TRIGGER "users_roles_added";
DROP TRIGGER "users_roles_changed";
DROP TRIGGER "users_roles_removed";
DROP TABLE "users_roles";
"""

# A subtransaction: where the extension cannot be had, what went before stays.
_EXTENSION = """
DO $$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'without pg_trgm a search reads the whole side table: %', SQLERRM;
END $$;
"""

_POSTGRESQL_SEARCH = """
CREATE TABLE "{table}_search" ("id" UUID NOT NULL PRIMARY KEY, "text" TEXT NOT NULL);
INSERT INTO "{table}_search" ("id", "text") SELECT "id", lower({text}) FROM "{table}";
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX "{table}_search_parts" ON "{table}_search" USING gin ("text" gin_trgm_ops);
    END IF;
END $$;

CREATE FUNCTION everruns_auth_{table}_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM "{table}_search" WHERE "id" = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO "{table}_search" ("id", "text") VALUES (NEW.id, lower({new_text}))
        ON CONFLICT ("id") DO UPDATE SET "text" = EXCLUDED."text";
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION everruns_auth_{table}_found_none() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE "{table}_search";
    RETURN NULL;
END $$;
CREATE TRIGGER everruns_auth_{table}_found AFTER INSERT OR DELETE ON "{table}"
    FOR EACH ROW EXECUTE FUNCTION everruns_auth_{table}_found();
CREATE TRIGGER everruns_auth_{table}_found_changed AFTER UPDATE OF "id", {columns} ON "{table}"
    FOR EACH ROW WHEN ((OLD.id, {old_columns}) IS DISTINCT FROM (NEW.id, {new_columns}))
    EXECUTE FUNCTION everruns_auth_{table}_found();
CREATE TRIGGER everruns_auth_{table}_found_none AFTER TRUNCATE ON "{table}"
    FOR EACH STATEMENT EXECUTE FUNCTION everruns_auth_{table}_found_none();
"""

_POSTGRESQL_SEARCH_DROP = """
DROP TRIGGER everruns_auth_{table}_found ON "{table}";
DROP TRIGGER everruns_auth_{table}_found_changed ON "{table}";
DROP TRIGGER everruns_auth_{table}_found_none ON "{table}";
DROP FUNCTION everruns_auth_{table}_found();
DROP FUNCTION everruns_auth_{table}_found_none();
DROP TABLE "{table}_search";
"""

POSTGRESQL_ROLES = """
CREATE INDEX "users_roles" ON "users" USING gin ("roles" jsonb_path_ops);
"""


def _for_each_table(template: str, mark: str) -> str:
    """The template for each searched table; `mark` is how the engine writes two newlines."""

    def text(prefix: str, columns: tuple[str, ...]) -> str:
        return " || ".join(f'{mark} || {prefix}"{column}"' for column in columns)

    def listed(prefix: str, columns: tuple[str, ...]) -> str:
        return ", ".join(f'{prefix}"{column}"' for column in columns)

    return "".join(
        template.format(
            table=table,
            unique=unique,
            columns=listed("", columns),
            old_columns=listed("OLD.", columns),
            new_columns=listed("NEW.", columns),
            text=text("", columns),
            new_text=text("NEW.", columns),
        )
        for table, (columns, unique) in _SEARCHED.items()
    )


_SQLITE_MARK = "char(10, 10)"
_POSTGRESQL_MARK = r"E'\n\n'"


async def upgrade(db: BaseDBAsyncClient) -> str:
    if db.capabilities.dialect == "sqlite":
        return INDEXES + _for_each_table(_SQLITE_SEARCH, _SQLITE_MARK) + SQLITE_ROLES
    search = _for_each_table(_POSTGRESQL_SEARCH, _POSTGRESQL_MARK)
    return INDEXES + _EXTENSION + search + POSTGRESQL_ROLES


async def downgrade(db: BaseDBAsyncClient) -> str:
    """The extension stays: others may use it meanwhile."""
    if db.capabilities.dialect == "sqlite":
        return SQLITE_ROLES_DROP + _for_each_table(_SQLITE_SEARCH_DROP, "") + INDEXES_DROP
    search = _for_each_table(_POSTGRESQL_SEARCH_DROP, "")
    return 'DROP INDEX "users_roles";' + search + INDEXES_DROP


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
