"""The first tables. aerich wrote the SQL for each engine; the CHECKs are ours.

They keep what nobody can have meant out of the columns that decide who may enter, also when it is
written by hand.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

SQLITE = """
CREATE TABLE IF NOT EXISTS "users" (
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
CREATE TABLE IF NOT EXISTS "api_keys" (
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
CREATE INDEX IF NOT EXISTS "idx_api_keys_user_id_c7c0e2" ON "api_keys" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "refresh_tokens" (
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
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_expires_310999" ON "refresh_tokens" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_user_id_1da027" ON "refresh_tokens" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "oauth_identities" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "provider" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "email" VARCHAR(254),
    "created_at" TIMESTAMP NOT NULL,
    "last_used_at" TIMESTAMP,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_oauth_ident_provide_225c88" UNIQUE ("provider", "subject")
);
CREATE INDEX IF NOT EXISTS "idx_oauth_ident_user_id_038ca5" ON "oauth_identities" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "audit_events" (
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
CREATE INDEX IF NOT EXISTS "idx_audit_event_at_e55073" ON "audit_events" ("at", "id");
CREATE INDEX IF NOT EXISTS "idx_audit_event_user_id_7e1fe1" ON "audit_events" ("user_id", "at");
CREATE INDEX IF NOT EXISTS "idx_audit_event_actor_i_0a3d93" ON "audit_events" ("actor_id", "at");
CREATE INDEX IF NOT EXISTS "idx_audit_event_action_0d3a78" ON "audit_events" ("action", "at");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSON NOT NULL
);
"""

POSTGRESQL = """
CREATE TABLE IF NOT EXISTS "users" (
    "id" UUID NOT NULL PRIMARY KEY,
    "email" VARCHAR(254) NOT NULL UNIQUE,
    "name" VARCHAR(200) NOT NULL,
    "avatar_url" VARCHAR(2048),
    "roles" JSONB NOT NULL,
    "password_hash" VARCHAR(200),
    "email_verified" BOOL NOT NULL,
    "disabled_at" TIMESTAMPTZ,
    "last_active_at" TIMESTAMPTZ,
    "created_at" TIMESTAMPTZ NOT NULL,
    "updated_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "users_email_is_lower_case" CHECK ("email" COLLATE "C" !~ '[A-Z]'),
    CONSTRAINT "users_roles_is_a_list" CHECK (jsonb_typeof("roles") = 'array')
);
CREATE TABLE IF NOT EXISTS "api_keys" (
    "id" UUID NOT NULL PRIMARY KEY,
    "name" VARCHAR(200) NOT NULL,
    "key_hash" VARCHAR(64) NOT NULL UNIQUE,
    "key_prefix" VARCHAR(20) NOT NULL,
    "scopes" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ,
    "last_used_at" TIMESTAMPTZ,
    "last_used_ip" VARCHAR(45),
    "created_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "api_keys_key_hash_is_a_digest" CHECK ("key_hash" COLLATE "C" ~ '^[0-9a-f]{64}$'),
    CONSTRAINT "api_keys_scopes_is_a_list" CHECK (jsonb_typeof("scopes") = 'array')
);
CREATE INDEX IF NOT EXISTS "idx_api_keys_user_id_c7c0e2" ON "api_keys" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "refresh_tokens" (
    "id" UUID NOT NULL PRIMARY KEY,
    "token_hash" VARCHAR(64) NOT NULL UNIQUE,
    "previous_token_hash" VARCHAR(64),
    "seed" VARCHAR(64) NOT NULL,
    "generation" INT NOT NULL,
    "rotated_at" TIMESTAMPTZ NOT NULL,
    "last_used_at" TIMESTAMPTZ NOT NULL,
    "expires_at" TIMESTAMPTZ NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL,
    "ip_address" VARCHAR(45),
    "user_agent" VARCHAR(512),
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "refresh_tokens_token_hash_is_a_digest" CHECK ("token_hash" COLLATE "C" ~ '^[0-9a-f]{64}$')
);
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_expires_310999" ON "refresh_tokens" ("expires_at");
CREATE INDEX IF NOT EXISTS "idx_refresh_tok_user_id_1da027" ON "refresh_tokens" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "oauth_identities" (
    "id" UUID NOT NULL PRIMARY KEY,
    "provider" VARCHAR(32) NOT NULL,
    "subject" VARCHAR(255) NOT NULL,
    "email" VARCHAR(254),
    "created_at" TIMESTAMPTZ NOT NULL,
    "last_used_at" TIMESTAMPTZ,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_oauth_ident_provide_225c88" UNIQUE ("provider", "subject")
);
CREATE INDEX IF NOT EXISTS "idx_oauth_ident_user_id_038ca5" ON "oauth_identities" ("user_id", "created_at");
CREATE TABLE IF NOT EXISTS "audit_events" (
    "id" UUID NOT NULL PRIMARY KEY,
    "at" TIMESTAMPTZ NOT NULL,
    "action" VARCHAR(64) NOT NULL,
    "outcome" VARCHAR(16) NOT NULL,
    "actor_id" UUID,
    "user_id" UUID,
    "ip_address" VARCHAR(45),
    "user_agent" VARCHAR(512),
    "request_id" VARCHAR(128),
    "detail" JSONB NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_audit_event_at_e55073" ON "audit_events" ("at", "id");
CREATE INDEX IF NOT EXISTS "idx_audit_event_user_id_7e1fe1" ON "audit_events" ("user_id", "at");
CREATE INDEX IF NOT EXISTS "idx_audit_event_actor_i_0a3d93" ON "audit_events" ("actor_id", "at");
CREATE INDEX IF NOT EXISTS "idx_audit_event_action_0d3a78" ON "audit_events" ("action", "at");
CREATE TABLE IF NOT EXISTS "aerich" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "version" VARCHAR(255) NOT NULL,
    "app" VARCHAR(100) NOT NULL,
    "content" JSONB NOT NULL
);
"""

DROP = """
DROP TABLE "audit_events";
DROP TABLE "oauth_identities";
DROP TABLE "refresh_tokens";
DROP TABLE "api_keys";
DROP TABLE "users";
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE if db.capabilities.dialect == "sqlite" else POSTGRESQL


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DROP


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
