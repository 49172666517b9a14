"""Networks that users signed in from, and operators' words that failures are forgiven.

aerich wrote the SQL for each engine; the CHECKs and the trigger are ours. Neither table voids a
remembered credential: no answer from memory depends on them.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

SQLITE = """
CREATE TABLE IF NOT EXISTS "known_networks" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "network" VARCHAR(43) NOT NULL,
    "last_sign_in_at" TIMESTAMP NOT NULL,
    "user_id" CHAR(36) NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_known_netwo_user_id_dc86bc" UNIQUE ("user_id", "network"),
    CONSTRAINT "known_networks_last_sign_in_at_is_a_time" CHECK ("last_sign_in_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("last_sign_in_at") IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS "idx_known_netwo_last_si_30f93b" ON "known_networks" ("last_sign_in_at");
CREATE TABLE IF NOT EXISTS "unblocks" (
    "id" CHAR(36) NOT NULL PRIMARY KEY,
    "subject" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    CONSTRAINT "unblocks_created_at_is_a_time" CHECK ("created_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("created_at") IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS "idx_unblocks_created_8190c5" ON "unblocks" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_unblocks_subject_00e361" ON "unblocks" ("subject", "created_at");
-- An operator's shell has foreign keys off.
CREATE TRIGGER "users_deleted_networks" AFTER DELETE ON "users"
BEGIN DELETE FROM "known_networks" WHERE "user_id" = OLD.id; END;
"""

POSTGRESQL = """
CREATE TABLE IF NOT EXISTS "known_networks" (
    "id" UUID NOT NULL PRIMARY KEY,
    "network" VARCHAR(43) NOT NULL,
    "last_sign_in_at" TIMESTAMPTZ NOT NULL,
    "user_id" UUID NOT NULL REFERENCES "users" ("id") ON DELETE CASCADE,
    CONSTRAINT "uid_known_netwo_user_id_dc86bc" UNIQUE ("user_id", "network")
);
CREATE INDEX IF NOT EXISTS "idx_known_netwo_last_si_30f93b" ON "known_networks" ("last_sign_in_at");
CREATE TABLE IF NOT EXISTS "unblocks" (
    "id" UUID NOT NULL PRIMARY KEY,
    "subject" VARCHAR(254) NOT NULL,
    "created_at" TIMESTAMPTZ NOT NULL
);
CREATE INDEX IF NOT EXISTS "idx_unblocks_created_8190c5" ON "unblocks" ("created_at");
CREATE INDEX IF NOT EXISTS "idx_unblocks_subject_00e361" ON "unblocks" ("subject", "created_at");
"""

DROP = """
DROP TABLE IF EXISTS "unblocks";
DROP TABLE IF EXISTS "known_networks";
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE if db.capabilities.dialect == "sqlite" else POSTGRESQL


async def downgrade(db: BaseDBAsyncClient) -> str:
    if db.capabilities.dialect == "sqlite":
        return 'DROP TRIGGER "users_deleted_networks";\n' + DROP
    return DROP


MODELS_STATE = (
    "eJztXW1v2zgS/iuEv2wK+ILESdOiWRzgvBTra5ssEmfvsM1BpiXa5lkmtSKV1Ojlvx+Hkq"
    "x3R2rsVNbpSxuTM6T8DDnkPEPR3zsLbhFb7N8J4nY+oO8dhhdE/ZEo76IOdpyoFAokHtta"
    "0FMSugSPhXSxKVXhBNuCqCKLCNOljqScgWgfOUqWM8RdhJHj8qmLF0jOsEQmZkjQKUOUna"
    "KRRQU0bxlYjhDzbBstCGYCEaaL96E7i5uqP8qmG2/ZY/QvjxiST4mcaVi+/lsVU2aRb0TA"
    "x68+TFBodVTd147pEix1s/FSGwtpKEjoA4nVQGPO3JhQYlsJzFWlqtLlhlw6uuzubnDxUU"
    "vCdx4bJre9BYuknaWccbYS9zxq7YMO1E0JIy48Vswk8J0D04VF/vdVBdL1yOqLWlGBRSbY"
    "s8GwnV8nHjPBnigYINCx2Gfk0aDW34NnjMkbxtX10Li9HBpGJzMg4FlSlgyKTM5gMFEmAe"
    "/vT367ETK6tAMdnP/Wv9k7OnmjseBCTl1dqXHrPGlFLLGvqm0XwU0WmNpZxM9n2M1HfKWQ"
    "Al096nbgDgHaAqSdBf5m2IRN5Ux97L09XoPxH/0bDbOS0jhzNc39yX8VVPX8OsA7wjecI2"
    "XhDeU3g25YEMEbeaXXx/fgoAy+BwfF+EJdEl/8oEa2a3hupUGc1PohrINxWleoj9+Xwvr4"
    "/RqwoTKJtsttIrJA/+P2+iof6JVCCmOLmhL9F9lUyG2N65ibHnvUlpSJfejvZzhoAAhaXg"
    "jxlx2Hee9L/19pC5x/vj5Le3Jo4CxlDAcL8chdy5hhMasy+jOKTZwAW/A1eukzHohLVaM5"
    "25QzrkY7ZmvWzYRyCvWx0t7WXFiVvO6wP7u+/pwY9meDYQrvuy9nlzd7h9oMSohKXTy4Gq"
    "awj+1Zs8BfKLgkXZB85FOqaU8U6O6Hf+ze0F9jgeHgy+XtsP/l94QZLvrDS6jp6dJlqnTv"
    "JDUpVo2gfw6GvyH4iP68vrpMO6mV3PDPDjwT9iQ3GH80sBXHJCwOixJ2zkYLVUyd1W6tXW"
    "drJyPGKpZOam7AynXbOzfJzJ5j/aCZk5qtmWtnZuBxJvMYtQAFY2zOH7HaYCZqYkGbQ405"
    "WeZEEmeB5sdPN8TGGsys3QPWpe/QT2S5uzaPSoNFJjFnBBFCtftCjG7IRBl4NuRzwpqKFL"
    "UIk1TSvMi0ClbXfU/OBn5jjR1WczV5mcGIVAHg/IWAfYK2rvymmoQXuDDe40VOLVu16C3S"
    "JZjhqf5K0Df0lHRaOVmGyJ0V5xnijrNMqkHJIj5BGEGC4hSNyDeHKn+QJv51joBKZHEiEO"
    "MS+XJ5KYYNtFgmtQCtGz65H9vp6XxCLOug/o36L8hB5MjoKEH1sF4q9rnb5izqlLNoOfXt"
    "8lxqjlfmFOM6jcsMnZRJDJ0U54VOMmkhgMtxyYR+qwpypNXI4VxqNK8ZzGmghcmdaimLSK"
    "PNWWw8Z5FcVKswAUnNltarGxGQIXFjG6zKFG5Mt7X0bliaOlVWsrRe8zKQx29LLGXHbwuX"
    "MqhK+s6WLP+/mFKx0LdsRBlT2WRYWV+jPhM8ZkjpJLpZaD9yl9Ap+0SWGuCBeg7MzLygMX"
    "UkdDchzVBeqtjFjytmIz6g1HdX35j4efnz/u15/+Ky81TM8m+TPEuw2TkUWprtLibSXF/S"
    "kCBamk4LOPk8Xiysumf3bKRb1eHwCFEgwwiy6JQICdQZlQKZnusSJlHwGEgrdNFIBXcPlH"
    "vCiLegdKAFzsg9G5OJGqqnaCQIsUZKIxiAqmv45HIZOPoRwsxK0nPYJegReDloLXwC3dEv"
    "Ao2Xkoh7NuG2zR/RxOWLTXB1a04EJ/m3lnH76U6zu4Zxi4ZjlU1eUqtlhZ5lhXKmfxW8C9"
    "Sbt7fePPLgTqtAHco3kIPbPLjRGpWFeMBkPsJJpRTOsHPZEs4H2wJ5Ck/wt97h8bvj90cn"
    "x++ViH7KVcm7NbhnD0RGS33VaDCp2UaDtY4Ga0altabenqlrxI23Zm7PvLZmfpGZqQPSqs"
    "Gc5GPxvjKp1byd++ZZcc0+YIVJznQqxjmp1Tyc3x72SgCtpAqR1nU5ULfMdMtMt8x0mplO"
    "nh3OoaYzh4uLuWmu1pWZkTzVXIKdZgibJveYRFj69z88qDbcU7QX/tlFwhv/h5jyDbDSmg"
    "r2e1FfUiAqu4iRB+JqfjhYhXKo7u30A7x5P9QLDpEKviBypvpFkmvafESF8Ig7QtjmjKC9"
    "a4ewwQU654yB1rmaK+jeOzjA73pvPqiOCYs94C8C3d18vmfqkcwZZsqMXf0EQhlq1TH1ex"
    "1za4mUXQoPrH7thM2CQKDt89VlufF4A6FYS3jXhPCOG6c8/RrpNJAXPCqzozgq3lAcZfYT"
    "4bSpgHFMpYEQ996W2R4rqTU3kGQ2yL7PrBSErDSatzHeCsSvfIlOzQHewi06LWfyI+vfzn"
    "EmNSO7azbPmmTplkpoqYSWSsilEhTq1i1kaDv5V1EGld3nKQTtDQVIl+QQrlVQjaUkC0eG"
    "90aq2Bi+1qkOlV3+CBHynKj6CdwyKZAKxKfwv47lA1WTe7al/lW6eKoMkCURttnR80fWCo"
    "NsjVXlYzdJrfaYU8F5kDV3UO5U4vM1LbHrS36F20G26VITFxXkeNX0RQbFjjV7fUKZc8OB"
    "vO/q/Ffn9XW8xEKU6cO2p+DyhD6im+f0MFv6RCgWc6ErlWtb5J1D3mZXuTxobBUN+s7QoC"
    "2pWQ9Sk0UjvOzaFlNpIN92fFQmG31UnI0+ShMVOgqF+WZQ9qNBbFK9XdTqtqi1cWwbx7Zx"
    "7LObrjs2trmZu98Kq9ZutTxfqHz6mztgXQ6JXrjd2N8CQbg4wdT21KDzLy4KU72wAVLbmy"
    "l9gFevPAeSzEo67+2uzbUNae7hLJFvxohxd4FtqqL1MB3e9X/DIdzMqW3Zqh9oWqfflfR4"
    "iags/Z5WLHcWz0W3u7N67M7abGibSWq3ZTvPNfQ9i8rLB6KX6+wlf1Ht2sUPg5xBQLACd6"
    "vl99FAohmGa/dgDYKtEtzaJz7AfXzck7ZalIBG5QJeB+YLKBYOwXNYw/Kp2g21W2aRSr4R"
    "HNvaJCsUFLywJnhnLFmunhCI4mRFu/bVY+2r7o3bfH5N3XDix3lWc7HsjibSaOCGZvNv1s"
    "acWlmEYyoNhPjwpATEh+k5EUEMVU/pMcyrUjxxnResCrtz/uRZ118DxqyRaLZvmbVvmTXs"
    "LTOXqG8qZK6PKIY6qdU8qA97ZX7QT0kVL229zM/5WUTmHlwuvhw30qjH5bjQ7U5fjlsX1o"
    "K41Jx18hgLv6a7lq2IZJ7jKYrBf8G5rTxXUXixTK6HyLlQJnAH9T2ltZELZYpj8gfiiorR"
    "W0ylgbHFVl4dgUlVAeFAvIHoHpb6JYPDNb9kcJj9JQPVo8zdsxWvcDGV11/ifk680YzF7O"
    "l/Lrctkg=="
)
