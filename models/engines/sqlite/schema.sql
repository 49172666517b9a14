-- The schema as the migrations leave it: each table with its indexes and triggers, then functions.
-- It is for reading; the migrations make it. `make schema` writes this file.

CREATE TABLE "api_keys" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "key_hash" VARCHAR(64) NOT NULL UNIQUE,
    "key_prefix" VARCHAR(20) NOT NULL,
    "scopes" JSON NOT NULL,
    "expires_at" TIMESTAMP,
    "last_used_at" TIMESTAMP,
    "last_used_ip" VARCHAR(45),
    "created_at" TIMESTAMP NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "api_keys_key_hash_is_a_digest" CHECK (length("key_hash") = 64 AND "key_hash" NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT "api_keys_scopes_is_a_list" CHECK (json_valid("scopes") AND json_type("scopes") = 'array'),
    CONSTRAINT "api_keys_expires_at_is_a_time" CHECK ("expires_at" IS NULL OR ("expires_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("expires_at") IS NOT NULL)),
    CONSTRAINT "api_keys_last_used_at_is_a_time" CHECK ("last_used_at" IS NULL OR ("last_used_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("last_used_at") IS NOT NULL)),
    CONSTRAINT "api_keys_created_at_is_a_time" CHECK ("created_at" IS NULL OR ("created_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("created_at") IS NOT NULL))
);

CREATE INDEX "idx_api_keys_created_cd5634" ON "api_keys" ("created_at", "id", "expires_at");

CREATE INDEX "idx_api_keys_expires_930194" ON "api_keys" ("expires_at", "id");

CREATE INDEX "idx_api_keys_last_us_c2087d" ON "api_keys" ("last_used_at", "id", "expires_at");

CREATE INDEX "idx_api_keys_name_ab9c34" ON "api_keys" ("name", "id", "expires_at");

CREATE INDEX "idx_api_keys_user_id_c7c0e2" ON "api_keys" ("user_id", "created_at");

CREATE TRIGGER "api_keys_came" AFTER INSERT ON "api_keys"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'api_keys', COALESCE(max(CAST(strftime('%s', substr(NEW.last_used_at, 1, 10)) AS INTEGER) / 86400, 0), -1), COALESCE(max(CAST(strftime('%s', substr(NEW.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), 1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'key_created', json_array(json_object('id', CAST(NEW.id AS TEXT), 'user_id', CAST(NEW.user_id AS TEXT))));
END;

CREATE TRIGGER "api_keys_changed" AFTER UPDATE ON "api_keys"
WHEN OLD.id IS NOT NEW.id OR OLD.key_hash IS NOT NEW.key_hash OR OLD.user_id IS NOT NEW.user_id
    OR OLD.scopes IS NOT NEW.scopes OR OLD.expires_at IS NOT NEW.expires_at
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "api_keys_deleted" AFTER DELETE ON "api_keys"
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "api_keys_found_added" AFTER INSERT ON "api_keys" BEGIN
    INSERT INTO "api_keys_search" ("id", "text", "name", "created_at", "expires_at") SELECT NEW.id, char(10, 10) || NEW."name" || char(10, 10) || NEW."key_prefix", NEW."name", NEW."created_at", NEW."expires_at";
END;

CREATE TRIGGER "api_keys_found_changed" AFTER UPDATE OF "id", "name", "key_prefix", "created_at", "expires_at" ON "api_keys"
WHEN (OLD."id", OLD."name", OLD."key_prefix", OLD."created_at", OLD."expires_at") IS NOT (NEW."id", NEW."name", NEW."key_prefix", NEW."created_at", NEW."expires_at") BEGIN
    DELETE FROM "api_keys_search" WHERE "id" IN (OLD.id, NEW.id);
    INSERT INTO "api_keys_search" ("id", "text", "name", "created_at", "expires_at") SELECT NEW.id, char(10, 10) || NEW."name" || char(10, 10) || NEW."key_prefix", NEW."name", NEW."created_at", NEW."expires_at";
END;

CREATE TRIGGER "api_keys_found_removed" AFTER DELETE ON "api_keys" BEGIN
    DELETE FROM "api_keys_search" WHERE "id" = OLD.id;
END;

CREATE TRIGGER "api_keys_found_replaced" BEFORE INSERT ON "api_keys" BEGIN
    DELETE FROM "api_keys_search" WHERE "id" = NEW.id
        OR "id" = (SELECT "id" FROM "api_keys" WHERE "key_hash" = NEW.key_hash);
END;

CREATE TRIGGER "api_keys_miscounted" BEFORE INSERT ON "api_keys" WHEN EXISTS (
    SELECT 1 FROM "api_keys" WHERE "id" = NEW.id OR "key_hash" = NEW.key_hash
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "api_keys_overwritten" BEFORE UPDATE OF "id", "key_hash" ON "api_keys" WHEN EXISTS (
    SELECT 1 FROM "api_keys" WHERE "id" <> OLD.id
        AND ("id" = NEW.id OR "key_hash" = NEW.key_hash)
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "api_keys_replaced" BEFORE INSERT ON "api_keys"
WHEN EXISTS (SELECT 1 FROM "api_keys" WHERE "id" = NEW.id OR "key_hash" = NEW.key_hash)
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "api_keys_tallied" AFTER UPDATE ON "api_keys" WHEN OLD.last_used_at IS NOT NEW.last_used_at OR OLD.expires_at IS NOT NEW.expires_at
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'api_keys', COALESCE(max(CAST(strftime('%s', substr(OLD.last_used_at, 1, 10)) AS INTEGER) / 86400, 0), -1), COALESCE(max(CAST(strftime('%s', substr(OLD.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), -1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'api_keys', COALESCE(max(CAST(strftime('%s', substr(NEW.last_used_at, 1, 10)) AS INTEGER) / 86400, 0), -1), COALESCE(max(CAST(strftime('%s', substr(NEW.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), 1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
END;

CREATE TRIGGER api_keys_times_inserted BEFORE INSERT ON api_keys WHEN (substr(NEW.expires_at, 12, 2) = '24' OR (NEW.expires_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.expires_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_used_at, 12, 2) = '24' OR (NEW.last_used_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_used_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER api_keys_times_updated BEFORE UPDATE OF expires_at, last_used_at, created_at ON api_keys WHEN (substr(NEW.expires_at, 12, 2) = '24' OR (NEW.expires_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.expires_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_used_at, 12, 2) = '24' OR (NEW.last_used_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_used_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER "api_keys_told" AFTER UPDATE ON "api_keys" WHEN OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR OLD.name IS NOT NEW.name OR OLD.key_hash IS NOT NEW.key_hash OR OLD.key_prefix IS NOT NEW.key_prefix OR OLD.scopes IS NOT NEW.scopes OR OLD.expires_at IS NOT NEW.expires_at
BEGIN
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'key_changed', json_array(json_object('id', CAST(NEW.id AS TEXT), 'user_id', CAST(NEW.user_id AS TEXT))));
END;

CREATE TRIGGER "api_keys_used" AFTER UPDATE ON "api_keys" WHEN OLD.last_used_at IS NOT NEW.last_used_at
BEGIN
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'key_used', json_array(json_object('id', CAST(NEW.id AS TEXT), 'last_used_at', CAST(NEW.last_used_at AS TEXT), 'ip', CAST(NEW.last_used_ip AS TEXT))));
END;

CREATE TRIGGER "api_keys_went" AFTER DELETE ON "api_keys"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'api_keys', COALESCE(max(CAST(strftime('%s', substr(OLD.last_used_at, 1, 10)) AS INTEGER) / 86400, 0), -1), COALESCE(max(CAST(strftime('%s', substr(OLD.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), -1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'key_revoked', json_array(json_object('id', CAST(OLD.id AS TEXT), 'user_id', CAST(OLD.user_id AS TEXT))));
END;

CREATE TABLE "api_keys_search" (
    "number" INTEGER PRIMARY KEY,
    "id" CHAR(36) NOT NULL UNIQUE,
    "text" TEXT NOT NULL
, "name" VARCHAR(200), "created_at" TIMESTAMP, "expires_at" TIMESTAMP);

CREATE TRIGGER "api_keys_search_added" AFTER INSERT ON "api_keys_search" BEGIN
    INSERT INTO "api_keys_search_parts" ("rowid", "text") VALUES (NEW.number, NEW.text);
END;

CREATE TRIGGER "api_keys_search_removed" AFTER DELETE ON "api_keys_search" BEGIN
    INSERT INTO "api_keys_search_parts" ("api_keys_search_parts", "rowid", "text")
    VALUES ('delete', OLD.number, OLD.text);
END;

CREATE VIRTUAL TABLE "api_keys_search_parts" USING fts5(
    "text", content='api_keys_search', content_rowid='number', tokenize='trigram'
);

CREATE TABLE "audit_events" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "at" TIMESTAMP NOT NULL,
    "action" VARCHAR(64) NOT NULL,
    "outcome" VARCHAR(16) NOT NULL,
    "actor_id" CHAR(36),
    "user_id" CHAR(36),
    "ip_address" VARCHAR(45),
    "user_agent" VARCHAR(512),
    "request_id" VARCHAR(128),
    "detail" JSON NOT NULL
);

CREATE INDEX "audit_events_failures" ON "audit_events" ("action", "at", "id") WHERE "outcome" = 'failure';

CREATE INDEX "idx_audit_event_action_bd7165" ON "audit_events" ("action", "at", "id");

CREATE INDEX "idx_audit_event_actor_i_b2b2d8" ON "audit_events" ("actor_id", "at", "id");

CREATE INDEX "idx_audit_event_at_e55073" ON "audit_events" ("at", "id");

CREATE INDEX "idx_audit_event_outcome_89aa4c" ON "audit_events" ("outcome", "at", "id");

CREATE INDEX "idx_audit_event_user_id_b94bb6" ON "audit_events" ("user_id", "at", "id");

CREATE TRIGGER "audit_events_told" AFTER INSERT ON "audit_events"
BEGIN
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'audit', json_array(json_object(
        'id', CAST(NEW.id AS TEXT), 'at', CAST(NEW.at AS TEXT), 'action', CAST(NEW.action AS TEXT), 'outcome', CAST(NEW.outcome AS TEXT), 'actor_id', CAST(NEW.actor_id AS TEXT),
        'actor_email', (SELECT CAST(email AS TEXT) FROM users WHERE id = NEW.actor_id), 'user_id', CAST(NEW.user_id AS TEXT),
        'user_email', (SELECT CAST(email AS TEXT) FROM users WHERE id = NEW.user_id),
        'ip_address', CAST(NEW.ip_address AS TEXT), 'user_agent', CAST(NEW.user_agent AS TEXT), 'request_id', CAST(NEW.request_id AS TEXT),
        'detail', CASE WHEN json_valid(NEW.detail) THEN json(NEW.detail) ELSE json('{}') END
    )));
END;

CREATE TABLE "auth_changes" (
    "id" INTEGER NOT NULL PRIMARY KEY CHECK ("id" = 1),
    "counter" INTEGER NOT NULL
);

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

CREATE TABLE "known_networks" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "network" VARCHAR(43) NOT NULL,
    "last_sign_in_at" TIMESTAMP NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_known_netwo_user_id_dc86bc" UNIQUE ("user_id", "network"),
    CONSTRAINT "known_networks_last_sign_in_at_is_a_time" CHECK ("last_sign_in_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("last_sign_in_at") IS NOT NULL)
);

CREATE INDEX "idx_known_netwo_last_si_30f93b" ON "known_networks" ("last_sign_in_at");

CREATE TABLE "oauth_identities" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "provider" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "email" VARCHAR(254),
    "created_at" TIMESTAMP NOT NULL,
    "last_used_at" TIMESTAMP,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE, "issuer" VARCHAR(255),
    CONSTRAINT "uid_oauth_ident_provide_225c88" UNIQUE ("provider", "subject")
);

CREATE INDEX "idx_oauth_ident_provide_0c06f4" ON "oauth_identities" ("provider", "user_id");

CREATE INDEX "idx_oauth_ident_user_id_038ca5" ON "oauth_identities" ("user_id", "created_at");

CREATE TABLE "oauth_used_states" (
    "state_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" TIMESTAMP NOT NULL,
    CONSTRAINT "oauth_used_states_state_hash_is_a_digest" CHECK (length("state_hash") = 64 AND "state_hash" NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT "oauth_used_states_expires_at_is_a_time" CHECK ("expires_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("expires_at") IS NOT NULL)
);

CREATE INDEX "idx_oauth_used__expires_0db842" ON "oauth_used_states" ("expires_at");

CREATE TABLE "refresh_tokens" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "previous_token_hash" VARCHAR(64),
    "seed" VARCHAR(64) NOT NULL,
    "generation" INT NOT NULL,
    "rotated_at" TIMESTAMP NOT NULL,
    "last_used_at" TIMESTAMP NOT NULL,
    "expires_at" TIMESTAMP NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "ip_address" VARCHAR(45),
    "user_agent" VARCHAR(512),
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "refresh_tokens_token_hash_is_a_digest" CHECK (length("token_hash") = 64 AND "token_hash" NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT "refresh_tokens_rotated_at_is_a_time" CHECK ("rotated_at" IS NULL OR ("rotated_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("rotated_at") IS NOT NULL)),
    CONSTRAINT "refresh_tokens_last_used_at_is_a_time" CHECK ("last_used_at" IS NULL OR ("last_used_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("last_used_at") IS NOT NULL)),
    CONSTRAINT "refresh_tokens_expires_at_is_a_time" CHECK ("expires_at" IS NULL OR ("expires_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("expires_at") IS NOT NULL)),
    CONSTRAINT "refresh_tokens_created_at_is_a_time" CHECK ("created_at" IS NULL OR ("created_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("created_at") IS NOT NULL))
);

CREATE INDEX "idx_refresh_tok_created_7247a0" ON "refresh_tokens" ("created_at", "id");

CREATE INDEX "idx_refresh_tok_expires_a63f42" ON "refresh_tokens" ("expires_at", "id");

CREATE INDEX "idx_refresh_tok_last_us_95ae7a" ON "refresh_tokens" ("last_used_at", "id");

CREATE INDEX "idx_refresh_tok_user_id_1da027" ON "refresh_tokens" ("user_id", "created_at");

CREATE TRIGGER "refresh_tokens_came" AFTER INSERT ON "refresh_tokens"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'refresh_tokens', 0, COALESCE(max(CAST(strftime('%s', substr(NEW.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), 1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'session_opened', json_array(json_object('id', CAST(NEW.id AS TEXT), 'user_id', CAST(NEW.user_id AS TEXT))));
END;

CREATE TRIGGER "refresh_tokens_changed" AFTER UPDATE ON "refresh_tokens"
WHEN OLD.id IS NOT NEW.id OR OLD.user_id IS NOT NEW.user_id OR NEW.expires_at < OLD.expires_at
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "refresh_tokens_deleted" AFTER DELETE ON "refresh_tokens"
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "refresh_tokens_miscounted" BEFORE INSERT ON "refresh_tokens" WHEN EXISTS (
    SELECT 1 FROM "refresh_tokens" WHERE "id" = NEW.id OR "token_hash" = NEW.token_hash
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "refresh_tokens_overwritten" BEFORE UPDATE OF "id", "token_hash" ON "refresh_tokens" WHEN EXISTS (
    SELECT 1 FROM "refresh_tokens" WHERE "id" <> OLD.id
        AND ("id" = NEW.id OR "token_hash" = NEW.token_hash)
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "refresh_tokens_replaced" BEFORE INSERT ON "refresh_tokens"
WHEN EXISTS (
    SELECT 1 FROM "refresh_tokens" WHERE "id" = NEW.id OR "token_hash" = NEW.token_hash
)
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "refresh_tokens_tallied" AFTER UPDATE ON "refresh_tokens" WHEN OLD.expires_at IS NOT NEW.expires_at
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'refresh_tokens', 0, COALESCE(max(CAST(strftime('%s', substr(OLD.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), -1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'refresh_tokens', 0, COALESCE(max(CAST(strftime('%s', substr(NEW.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), 1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
END;

CREATE TRIGGER refresh_tokens_times_inserted BEFORE INSERT ON refresh_tokens WHEN (substr(NEW.rotated_at, 12, 2) = '24' OR (NEW.rotated_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.rotated_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_used_at, 12, 2) = '24' OR (NEW.last_used_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_used_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.expires_at, 12, 2) = '24' OR (NEW.expires_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.expires_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER refresh_tokens_times_updated BEFORE UPDATE OF rotated_at, last_used_at, expires_at, created_at ON refresh_tokens WHEN (substr(NEW.rotated_at, 12, 2) = '24' OR (NEW.rotated_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.rotated_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_used_at, 12, 2) = '24' OR (NEW.last_used_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_used_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.expires_at, 12, 2) = '24' OR (NEW.expires_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.expires_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER "refresh_tokens_went" AFTER DELETE ON "refresh_tokens"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'refresh_tokens', 0, COALESCE(max(CAST(strftime('%s', substr(OLD.expires_at, 1, 10)) AS INTEGER) / 86400, 0), -1), -1 WHERE 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'session_ended', json_array(json_object('id', CAST(OLD.id AS TEXT), 'user_id', CAST(OLD.user_id AS TEXT))));
END;

CREATE TABLE "unblocks" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "subject" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CONSTRAINT "unblocks_created_at_is_a_time" CHECK ("created_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("created_at") IS NOT NULL)
);

CREATE INDEX "idx_unblocks_created_8190c5" ON "unblocks" ("created_at");

CREATE INDEX "idx_unblocks_subject_00e361" ON "unblocks" ("subject", "created_at");

CREATE TABLE "users" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "avatar_url" VARCHAR(2048),
    "roles" JSON NOT NULL,
    "password_hash" VARCHAR(200),
    "email_verified" INT NOT NULL,
    "disabled_at" TIMESTAMP,
    "last_active_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "updated_at" TIMESTAMP NOT NULL,
    CONSTRAINT "users_email_is_lower_case" CHECK ("email" NOT GLOB '*[A-Z]*'),
    CONSTRAINT "users_email_verified_is_a_boolean" CHECK ("email_verified" IN (0, 1)),
    CONSTRAINT "users_roles_is_a_list" CHECK (json_valid("roles") AND json_type("roles") = 'array'),
    CONSTRAINT "users_disabled_at_is_a_time" CHECK ("disabled_at" IS NULL OR ("disabled_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("disabled_at") IS NOT NULL)),
    CONSTRAINT "users_last_active_at_is_a_time" CHECK ("last_active_at" IS NULL OR ("last_active_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("last_active_at") IS NOT NULL)),
    CONSTRAINT "users_created_at_is_a_time" CHECK ("created_at" IS NULL OR ("created_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("created_at") IS NOT NULL)),
    CONSTRAINT "users_updated_at_is_a_time" CHECK ("updated_at" IS NULL OR ("updated_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("updated_at") IS NOT NULL))
);

CREATE INDEX "idx_users_created_eeb5e9" ON "users" ("created_at", "id");

CREATE INDEX "idx_users_last_ac_c27f06" ON "users" ("last_active_at", "id");

CREATE INDEX "idx_users_name_dff59b" ON "users" ("name", "id");

CREATE INDEX "users_disabled_active" ON "users" ("last_active_at", "id") WHERE "disabled_at" IS NOT NULL;

CREATE INDEX "users_disabled_created" ON "users" ("created_at", "id") WHERE "disabled_at" IS NOT NULL;

CREATE INDEX "users_disabled_email" ON "users" ("email") WHERE "disabled_at" IS NOT NULL;

CREATE INDEX "users_disabled_name" ON "users" ("name", "id") WHERE "disabled_at" IS NOT NULL;

CREATE TRIGGER "users_came" AFTER INSERT ON "users"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'users', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'disabled', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND NEW.disabled_at IS NOT NULL ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'operators', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND NEW.disabled_at IS NULL AND EXISTS (SELECT 1 FROM json_each(NEW.roles) WHERE value = 'admin') ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'user_changed', json_array(json_object('id', CAST(NEW.id AS TEXT), 'change', 'created')));
END;

CREATE TRIGGER "users_changed" AFTER UPDATE ON "users"
WHEN OLD.id IS NOT NEW.id OR OLD.email IS NOT NEW.email OR OLD.name IS NOT NEW.name
    OR OLD.avatar_url IS NOT NEW.avatar_url OR OLD.roles IS NOT NEW.roles
    OR OLD.email_verified IS NOT NEW.email_verified OR OLD.disabled_at IS NOT NEW.disabled_at
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

CREATE TRIGGER "users_deleted" AFTER DELETE ON "users"
BEGIN
    DELETE FROM "refresh_tokens" WHERE "user_id" = OLD.id;
    DELETE FROM "api_keys" WHERE "user_id" = OLD.id;
    DELETE FROM "oauth_identities" WHERE "user_id" = OLD.id;
    UPDATE auth_changes SET counter = counter + 1;
END;

CREATE TRIGGER "users_deleted_networks" AFTER DELETE ON "users"
BEGIN DELETE FROM "known_networks" WHERE "user_id" = OLD.id; END;

CREATE TRIGGER "users_found_added" AFTER INSERT ON "users" BEGIN
    INSERT INTO "users_search" ("id", "text", "email", "name", "created_at") SELECT NEW.id, char(10, 10) || NEW."email" || char(10, 10) || NEW."name", NEW."email", NEW."name", NEW."created_at";
END;

CREATE TRIGGER "users_found_changed" AFTER UPDATE OF "id", "email", "name", "created_at" ON "users"
WHEN (OLD."id", OLD."email", OLD."name", OLD."created_at") IS NOT (NEW."id", NEW."email", NEW."name", NEW."created_at") BEGIN
    DELETE FROM "users_search" WHERE "id" IN (OLD.id, NEW.id);
    INSERT INTO "users_search" ("id", "text", "email", "name", "created_at") SELECT NEW.id, char(10, 10) || NEW."email" || char(10, 10) || NEW."name", NEW."email", NEW."name", NEW."created_at";
END;

CREATE TRIGGER "users_found_removed" AFTER DELETE ON "users" BEGIN
    DELETE FROM "users_search" WHERE "id" = OLD.id;
END;

CREATE TRIGGER "users_found_replaced" BEFORE INSERT ON "users" BEGIN
    DELETE FROM "users_search" WHERE "id" = NEW.id
        OR "id" = (SELECT "id" FROM "users" WHERE "email" = NEW.email);
END;

CREATE TRIGGER "users_miscounted" BEFORE INSERT ON "users" WHEN EXISTS (
    SELECT 1 FROM "users" WHERE "id" = NEW.id OR "email" = NEW.email
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "users_overwritten" BEFORE UPDATE OF "id", "email" ON "users" WHEN EXISTS (
    SELECT 1 FROM "users" WHERE "id" <> OLD.id
        AND ("id" = NEW.id OR "email" = NEW.email)
)
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") VALUES ('miscounted', 0, 0, 1) ON CONFLICT DO NOTHING;
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'reset', json_array(json_object()));
END;

CREATE TRIGGER "users_replaced" BEFORE INSERT ON "users"
WHEN EXISTS (SELECT 1 FROM "users" WHERE "id" = NEW.id OR "email" = NEW.email)
BEGIN UPDATE auth_changes SET counter = counter + 1; END;

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

CREATE TRIGGER "users_roles_replaced" BEFORE INSERT ON "users" BEGIN
    DELETE FROM "users_roles" WHERE "user_id" = NEW.id
        OR "user_id" = (SELECT "id" FROM "users" WHERE "email" = NEW.email);
END;

CREATE TRIGGER "users_tallied" AFTER UPDATE ON "users" WHEN OLD.id IS NOT NEW.id OR OLD.roles IS NOT NEW.roles OR OLD.disabled_at IS NOT NEW.disabled_at
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'users', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'disabled', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND OLD.disabled_at IS NOT NULL ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'operators', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND OLD.disabled_at IS NULL AND EXISTS (SELECT 1 FROM json_each(OLD.roles) WHERE value = 'admin') ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'users', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'disabled', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND NEW.disabled_at IS NOT NULL ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'operators', 0, 0, 1 WHERE NEW.id <> '00000000-0000-0000-0000-000000000001' AND NEW.disabled_at IS NULL AND EXISTS (SELECT 1 FROM json_each(NEW.roles) WHERE value = 'admin') ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
END;

CREATE TRIGGER users_times_inserted BEFORE INSERT ON users WHEN (substr(NEW.disabled_at, 12, 2) = '24' OR (NEW.disabled_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.disabled_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_active_at, 12, 2) = '24' OR (NEW.last_active_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_active_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.updated_at, 12, 2) = '24' OR (NEW.updated_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.updated_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER users_times_updated BEFORE UPDATE OF disabled_at, last_active_at, created_at, updated_at ON users WHEN (substr(NEW.disabled_at, 12, 2) = '24' OR (NEW.disabled_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.disabled_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.last_active_at, 12, 2) = '24' OR (NEW.last_active_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.last_active_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.created_at, 12, 2) = '24' OR (NEW.created_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.created_at NOT GLOB '*[+-]00:00')) OR (substr(NEW.updated_at, 12, 2) = '24' OR (NEW.updated_at GLOB '*[+-][0-9][0-9]:[0-9][0-9]' AND NEW.updated_at NOT GLOB '*[+-]00:00')) BEGIN SELECT RAISE(ABORT, 'a time is kept in UTC: write it with +00:00 or without an offset, and no hour 24'); END;

CREATE TRIGGER "users_told" AFTER UPDATE ON "users" WHEN OLD.id IS NOT NEW.id OR OLD.email IS NOT NEW.email OR OLD.name IS NOT NEW.name OR OLD.avatar_url IS NOT NEW.avatar_url OR OLD.roles IS NOT NEW.roles OR OLD.email_verified IS NOT NEW.email_verified OR OLD.disabled_at IS NOT NEW.disabled_at
BEGIN
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'user_changed', json_array(json_object('id', CAST(NEW.id AS TEXT), 'change', 'updated')));
END;

CREATE TRIGGER "users_went" AFTER DELETE ON "users"
BEGIN
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'users', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND 1 ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'disabled', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND OLD.disabled_at IS NOT NULL ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_tallies" ("what", "used_day", "expires_day", "n") SELECT 'operators', 0, 0, -1 WHERE OLD.id <> '00000000-0000-0000-0000-000000000001' AND OLD.disabled_at IS NULL AND EXISTS (SELECT 1 FROM json_each(OLD.roles) WHERE value = 'admin') ON CONFLICT ("what", "used_day", "expires_day") DO UPDATE SET "n" = "n" + excluded."n";
    INSERT INTO "auth_events" ("at", "kind", "items") VALUES (CAST(strftime('%s', 'now') AS INTEGER), 'user_changed', json_array(json_object('id', CAST(OLD.id AS TEXT), 'change', 'deleted')));
END;

CREATE TABLE "users_roles" (
    "role" TEXT NOT NULL,
    "user_id" CHAR(36) NOT NULL,
    PRIMARY KEY ("role", "user_id")
) WITHOUT ROWID;

CREATE INDEX "users_roles_of_user" ON "users_roles" ("user_id");

CREATE TABLE "users_search" (
    "number" INTEGER PRIMARY KEY,
    "id" CHAR(36) NOT NULL UNIQUE,
    "text" TEXT NOT NULL
, "email" VARCHAR(254), "name" VARCHAR(200), "created_at" TIMESTAMP);

CREATE TRIGGER "users_search_added" AFTER INSERT ON "users_search" BEGIN
    INSERT INTO "users_search_parts" ("rowid", "text") VALUES (NEW.number, NEW.text);
END;

CREATE TRIGGER "users_search_removed" AFTER DELETE ON "users_search" BEGIN
    INSERT INTO "users_search_parts" ("users_search_parts", "rowid", "text")
    VALUES ('delete', OLD.number, OLD.text);
END;

CREATE VIRTUAL TABLE "users_search_parts" USING fts5(
    "text", content='users_search', content_rowid='number', tokenize='trigram'
);
