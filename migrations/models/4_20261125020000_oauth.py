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
    "eJztXG1v2zgS/iuEv2wK5ILYeWnRHA5wXor1tY0XiXO72OYg0xJtcyOTWpFyGvTy349Dy5"
    "aoF0dq7ays1Zc2Hs6Q1DPkkPOI4rfWjDvEFQd3gvit9+hbi+EZUX8Y8n3Uwp4XSUEg8cjV"
    "ioHS0BI8EtLHtlTCMXYFUSKHCNunnqScgWoXeUqXM8R9hJHn84mPZ0hOsUQ2ZkjQCUOUna"
    "GhQwVU71hYDhELXBfNCGYCEabFB9Ccw23VHmWTjdccMPpnQCzJJ0RONSxf/qvElDnkKxHw"
    "88sCJhA6LVX2pWX7BEtdbVzqYiEtBQmdk1gJVOY9WGNKXMfAXBWqIi235JOnZXd3vcsPWh"
    "OeeWTZ3A1mLNL2nuSUs5V6EFDnAGygbEIY8aFbMZfAM4euW4oWz6sE0g/I6kGdSOCQMQ5c"
    "cGzrn+OA2eBPFA4QaFgcMPJoUedfYR9j+pZ13R9Yt1cDy2qlBgT0JeHJUGRzBoOJMgl4f3"
    "te1Bsho6UtaODi5+7N3tHpG40FF3Li60KNW+tZG2KJF6badxHcZIapm0b8Yor9bMRXBgnQ"
    "VVe3A/cSoC1A2prhr5ZL2ERO1c/OyfEajP/TvdEwKy2NM1fTfDH5r8OizqIM8I7wXc6Rov"
    "Au9TeD7lIQwRtFpdfH9/CwCL6Hh/n4QpmJL56rke1bgV9qEJtW34V1OE6rCvXxu0JYH79b"
    "AzYUmmj73CUiDfS/b/vX2UCvDBIYO9SW6H/IpUJua1zHwvQooK6kTBxAe39FgAaAoOaZEH"
    "+6cZj3Pnd/S3rg4lP/PBnJoYLzhDM8LMQj9x1risW0zOhPGdZxAmwh1uilz5oTn6pKM7Yp"
    "51yNdszWrJuGcQL1kbLe1lxYSV532J/3+5+MYX/eGyTwvvt8fnWz19ZuUEpUanHvepDAPr"
    "ZnTQN/qeCSdEaykU+YJiNRaHuw/GP3hv4aDwx6n69uB93PvxhuuOwOrqCko6VPCeneaWJS"
    "rCpBv/YGPyP4iX7vX18lg9RKb/B7C/qEA8ktxh8t7MQxWYqXIsPP6WyhjKvT1o23q+xtM2"
    "Ms42nTcgNertreuU5uDjznO91sWjZurpybgccZP8SoBRCMsP3wiNUG0yiJJW0etR7IU0Ym"
    "cR5afvh4Q1yswUz7PWRduh79SJ521+eRNFxkjDkjiBCq3h/E6IaMlYOnA/5AWF2Rog5hkk"
    "qalZmWwarfDeS0t6isVsMKpiTv8LxJmi6adWZJCWZ4oh8J2oaWzEmYwZpH0zOfN48HgiLU"
    "udJFfIwwAsL9DA3JV4+q8Z0ksjXnTSVyOBGIcYkWelmU+QZqLEKVQ+3WgqyO7Vw0P16CRV"
    "e1JOVRfxtmvVrMesP8bpeNUTO3NPMVt6nd+4vTIq8vTvPfXpymXl4AXJ5PxvRrWZAjq1oO"
    "50Kjec1gTgItbO6VI9Yji4ZZ3zizbi6qZfJV07Ihn6qWrqaoxtiWqjTRGLNtPL0bnqZemZ"
    "UsaVe/92THJwWWsuOT3KUMiszY2VC6f4spFUtoi2aUMZNNppXVdeoLyWOKOjXRTUP7gfuE"
    "TthH8qQB7ql+YGZnJY2Jg4u7CWmKyFJiHz+umI34gFLPrp6YLN4eX3RvL7qXV63nfC56m5"
    "SYwblmEGNJTjafHvMXmpYE1cIkWcgcZ7Fdy6J7ds+GuladDg8RBYqLIIdOiJBAiFEpkB34"
    "PmEShd1A2mAfDVVyN6c8EFa8BmUDNXBG7tmIjNVQPUNDQYgzVBbhAFRNwy+fyzDQDxFmjk"
    "m6YZ+gR2DboLZlD3RDPwk0epJE3LMxd13+iMY+n22CgWsYt3owbtFwLLPJM60aVuhFVihj"
    "+pfBO8e8fnvrzSMP4bQM1Ev9GnJwmwc3WqPSEPeYzEbYNErgDDuXLeF8uC2QJ9CDf3Tax2"
    "+P3x2dHr9TKrqXK8nbNbinj+1FS33ZbNC0bLLBSmeDFaPSGldvz9UV4sYbNzcnMxs3/5Cb"
    "qQfaqsKMl4/5+0rTqn47982z4pp9wAqTjOmUj7NpVT+cT9qdAkArrVykdVkG1A0z3TDTDT"
    "OdZKbNE64Z1HTqCGw+N83VujK1zLO3BdhphrBt84BJhOXiloK5qsM/Q3vLP/eRCEZ/EFu+"
    "AVZaU8GLVtRDCkTlPmJkTnzND4erUAbVvZ12gDfvLu3Co6GCz4icqnaR5Jo2H1IhAuIPEX"
    "Y5I2iv7xHWu0QXnDGwulBzBd0Hh4f4befNe9UwYbEO/iTQ3c2ne6a6ZE8xU27c1z0QylGr"
    "humi1RF3npDyS+4x1C+tZbWgEFov+Oqi3Hi8gqVaQ3hXhPCOO6c4/RrZ1JAXPCqyozjK31"
    "AcpfYTy2lTAuOYSQ0h7pwU2R4rrTX3ZKQ2yIuYWSoJWVnUb2O8FYhf+aqXigO8hbteGs7k"
    "e9a/neNMKkZ2V2ye1cnTDZXQUAkNlZBJJSjUnVt4Q9vKvjAxLNx/mULQ0VCAdkEOoa+Sai"
    "wlmXlyebuhyo3hsc50quzzR8iQH4gqH8NdiAKpRHwC/+tcPjS1eeA66l9liyfKAWkSYZsN"
    "vXxkLTfJ1liVPnZjWjXHnHLOg6y5KXGnXny+pid2fckvcYfFVj+lDxwqr+ZELwXpz+mj0r"
    "VBFYOeRUCxRDzV+geoJ5GKEIhxiGewDMP38eI9fPnOA+nSOYHQxgUc0eUzEAuP4AeB+Dg7"
    "fG6o3iIHfM1TurFl0yxQUPDckvAclylXPYTgbRY0FGg1KNDy0bjJsSsaho1rXe3sg5hrrn"
    "S1c05h1oFy3fxp11hQK4pwzKSGELdPC0DcTs6JCGIoek6OYV6WPojb/MCqsDuc0IuhvwJs"
    "TC3RbE5+NSe/anbyyyfqSYXMjBH5UJtW9YO63SlyFbzSyl/aOqmL4B0iM18m5l9YE1lU48"
    "IaaHanL6ypCmtBfGpPW1mMxaJkfy1bEem8xFPkg/8DXGpWqMj92CszQmR85BWGg+oypxv5"
    "yCs/J58TX5TM3mImNcwttnKcAyZVCYRD9Rqi2y50u2B7ze2C7fTtgqpFmblny1/hYiavv8"
    "T9NflGPRaz5/8DcNRgRg=="
)
