"""Sign-in with providers: which attempts came back, and whose word a subject is.

aerich wrote the SQL for each engine; the CHECKs are ours.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

SQLITE = """
CREATE TABLE IF NOT EXISTS "oauth_used_states" (
    "state_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" TIMESTAMP NOT NULL,
    CONSTRAINT "oauth_used_states_state_hash_is_a_digest" CHECK (length("state_hash") = 64 AND "state_hash" NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT "oauth_used_states_expires_at_is_a_time" CHECK ("expires_at" GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]*' AND datetime("expires_at") IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS "idx_oauth_used__expires_0db842" ON "oauth_used_states" ("expires_at");
ALTER TABLE "oauth_identities" ADD "issuer" VARCHAR(255);
"""

POSTGRESQL = """
CREATE TABLE IF NOT EXISTS "oauth_used_states" (
    "state_hash" VARCHAR(64) NOT NULL PRIMARY KEY,
    "expires_at" TIMESTAMPTZ NOT NULL,
    CONSTRAINT "oauth_used_states_state_hash_is_a_digest" CHECK ("state_hash" COLLATE "C" ~ '^[0-9a-f]{64}$')
);
CREATE INDEX IF NOT EXISTS "idx_oauth_used__expires_0db842" ON "oauth_used_states" ("expires_at");
ALTER TABLE "oauth_identities" ADD "issuer" VARCHAR(255);
"""

DROP = """
ALTER TABLE "oauth_identities" DROP COLUMN "issuer";
DROP TABLE IF EXISTS "oauth_used_states";
"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return SQLITE if db.capabilities.dialect == "sqlite" else POSTGRESQL


async def downgrade(db: BaseDBAsyncClient) -> str:
    return DROP


MODELS_STATE = (
    "eJztXW1v2zYQ/iuEvywFsiB2Xlo0wwDnpajXNh4SZxvaFDIt0TYXmVRFymnQ5b+PR8nWuy"
    "Oldqqo+tLYxzuSfo488h5R7LfWjFvEFjtXgrit1+hbi+EZUR9i8m3Uwo4TSkEg8cjWip7S"
    "0BI8EtLFplTCMbYFUSKLCNOljqScgWoXOUqXM8RdhJHj8omLZ0hOsUQmZkjQCUOUHaGhRQ"
    "VUbxlYDhHzbBvNCGYCEabFO9CcxU3VHmWTtdfsMfrFI4bkEyKnGpZPn5WYMot8JWLx1bkx"
    "xpTYVgw1akEFWm7IO0fLrq56p2+0JvR6ZJjc9mYs1Hbu5JSzpbrnUWsHbKBsQhhxsSRWBF"
    "TodQD+QuT3WAmk65FlV61QYJEx9mxwTeu3scdM8AgKXAwNix1Gbg1q/R70MaJvGOf9gXF5"
    "NjCMVsql0JeELwKRyRkMB8okIPbt3q83REZLW9DAydvuxdbe4QuNBRdy4upCjVvrXhtiiX"
    "1TjX4IN5lhaqcRP5liNxvxpUECdNXVzcC9AGgDkLZm+KthEzaRU/W1c7C/AuO/uhcaZqWl"
    "ceZqovrT9zwo6vhlgHeIr/5bAt6F/nrQXQhCeMO48vT47u4WwXd3Nx9fKIvji+dqZLuG55"
    "YaxHGrR2EdjNOqQr3/qhDW+69WgA2FcbRdbhORBvqPy/55NtBLgwTGFjUl+g/ZVMhNjetI"
    "mB551JaUiR1o70cEaAAIap4J8cWOwrz1oftP0gMn7/vHyUgOFRwnnOFgIW65axlTLKZlRn"
    "/KsI4TYAOxRi99xpy4VFWasU055mq0Y7Zi3YwZJ1AfKetNzYWl5GmH/XG//z427I97gwTe"
    "Vx+Ozy622toNSolKLe6dDxLYR3adaeBPFVySzkg28gnTZCQKbHcWH57f0F/hgUHvw9nloP"
    "vhz5gbTruDMyjpaOldQrp1mJgUy0rQ373BWwRf0cf++VkySC31Bh9b0CfsSW4wfmtgK4rJ"
    "QrwQxfxsYyENlQLROXmEq9PWjber7G3TJYD7Izwdt1yDl6u2d66Tmz3HeqSb45aNmyvnZu"
    "BxxjcRagEEI2ze3GK1wYyVRJI2hxo35C4jkzgOLN+8uyA21mCm/R6wLl2HviN3z9fnoTRY"
    "ZGJzRhAhVL3fidEFGSsHTwf8hrC6IkUtwiSVNCszLYNVv+vJac+vrFbDCqYk7/C8SZoumn"
    "VmSQlmeKJ/ErQNLcUnYQbvHU7PfOY7GgiKkN9KF/Exwggo8yM0JF8dqsZ3korWrDWVyOJE"
    "IMYl8vWySO811Pgw2f1JU/yGT1ZHdi6fGxa8Gix4w9JuljlRs6w0SxW1qd2zhsMijxoO85"
    "80HKYeNABcjkvG9GtZkEOrWg7nQqN5xWBOAi1M7pQjwUOLhgVfOwseLthlc8u4ZUMUVS21"
    "TNGCahP1GA4hadt4+nl4mjplVrKkXf2eae0fFFjK9g9ylzIoisfOhn79KaZUJPksmlFGTN"
    "aZVlbXqQ8kjymaM45uGto33CV0wt6ROw1wT/UDMzMraUwcE3yekKZIJyV28e2S2YgOKPXb"
    "1S8m/pPek+7lSff0rHWfzxtvkr6K8aMZJFaSP82nslxf05CgWpjQCljeLGZqUXTNrtlQ16"
    "rT4SGiQEcRZNEJERLIKyoFMj3XJUyioBtIG2yjoUru5pR7wojWoGygBs7INRuRsRqqR2go"
    "CLGGyiIYgKpp+OZyGQT6IcLMihNk2CXoFpgxqG3RA93QLwKN7iQR12zMbZvforHLZw1bVg"
    "+2LBxKZTZocauG0XmQ0cmYumXwzjGv3754/chDKCwD9UK/hvzZ+sEN15c0xD0msxGOGyVw"
    "hl3HhnDe3RTIE+jBr532/sv9V3uH+6+Uiu7lUvJyBe7p43HhMl02k4tbNplcpTO5itFgja"
    "s35+oK8doF3PyU+646eblh4H4KN1MHtFWFGc8N87eVcav6bdzXT2hr4gArTDKmUz7Ocav6"
    "4XzQ7hQAWmnlIq3LMqBuSOWGVG5I5SSpHD9ImsEqp06a5tPKXK0rUyN+xLUAscwQNk3uMY"
    "mw9F/nn6s63CO0tfi4jYQ3+peY8gUQyprF9VtRP1IgKrcRI3Piamo3WIUyWOrNtAOUd3dh"
    "F5zAFHxG5FS1iyTXjPeQCuERd4iwzRlBW32HsN4pOuGMgdWJmivo2tvdxS87L16rhgmLdP"
    "AXga4u3l8z1SVziply47bugVCOWjZM/VZH3LpDyi+5pz0/tRbVgkJg7dPVDa1drZC7vYLW"
    "jjqxOMka2tSQ/dsrsnHYy9837KW2DYvZUQLjiEkNIe4cFNkFK60Vt06k9sF+aCyVaywt6r"
    "f/3QjET3xxSsUB3sDNKQ018pj179lRIxWjtCs2z+rk6YYxaBiDhjHIZAwU6tYlPIdtZV8g"
    "GBRuP8wU6GgoQLsgVdBXuTOWkswcubjtT6XA8LOOdEbs8ltIhG+IKh/D3YACqXx7An91yh"
    "6YmtyzLfWvssUT5YA0V7DJhr7jvkGNVenDNXGr5jBTzqmPFfcONo83a7rkl7gRYqMvpnsW"
    "lWdzopeC9MvpYenKoIpBzyCgWCKeav0d1JNIRQjEOMQzWIbhbXPxGt4j55606ZxAaOMCDt"
    "HyGYiFQ/CNQHycHT7XVG+RI7j+7FIrpSqJMZfAWIJIgcAzZMEJrYbXrA6vWT7ENolzRWNr"
    "7OZTM/sM5YpbT82cA5R14FHXf1BVxVLYZpZBOGJSQ4jbhwUgbifnRAgxFN0nxzAvywlEbb"
    "5jVXg+RM+Dob8CFEst0WxObTWntmp2assl6pcKmRkj8qGOW9UP6nanyG3pSit/aeuk7kq3"
    "iMx8Qph/T0xoUY17YqDZZ31PTFWoCOJSc9rKoiH8ku2VFESo8xD5kA/+mv9Dltz3tDIjRM"
    "b7WUE4qC4dupb3s/Jz8jlxRcnsLWJSw9xiI2c0YFKVQDhQryG67UKX+rVXXOrXTl/qp1qU"
    "mXu2/BUuYvL0S9yPyTfqsZjd/w904wsJ"
)
