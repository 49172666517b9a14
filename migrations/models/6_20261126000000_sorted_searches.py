"""What is found by a part of a word is put in order where it is found.

A search that finds ten thousand rows looked each of them up in its table, to sort them and show fifty:
two thirds of its time. The side tables hold now what lists are sorted by and what seldom changes; not
`last_used_at` and `last_active_at`, for a use or a sign-in must not touch an index of words.

On PostgreSQL the tables are emptied and filled again: to change every row would leave them and their
indexes twice as large. They stay the same tables, with the rights that were granted on them. And their
triggers write with the rights of whoever migrated, as those of the tallies do: an
operator's role that may delete users or keys needs none on the side tables.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

# What is searched of a row of each table, and what else its list is sorted by, with the types of the
# tables: SQLite compares by them.
_SEARCHED = {"users": ("email", "name"), "api_keys": ("name", "key_prefix")}
_SORTED = {
    "users": ("email", "name", "created_at"),
    "api_keys": ("name", "created_at", "expires_at"),
}
_TYPES = {"email": "VARCHAR(254)", "name": "VARCHAR(200)"}
_SQLITE_MARK, _POSTGRESQL_MARK = "char(10, 10)", r"E'\n\n'"

_SQLITE_FILL = """
UPDATE "{table}_search" SET ({sorted}) = (
    SELECT {sorted} FROM "{table}" WHERE "{table}"."id" = "{table}_search"."id"
);
"""

_SQLITE_TRIGGERS = """
DROP TRIGGER "{table}_found_added";
DROP TRIGGER "{table}_found_changed";
CREATE TRIGGER "{table}_found_added" AFTER INSERT ON "{table}" BEGIN
    INSERT INTO "{table}_search" ("id", "text"{and_kept}) SELECT NEW.id, {new_text}{and_new_kept};
END;
CREATE TRIGGER "{table}_found_changed" AFTER UPDATE OF {followed} ON "{table}"
WHEN ({old_followed}) IS NOT ({new_followed}) BEGIN
    DELETE FROM "{table}_search" WHERE "id" IN (OLD.id, NEW.id);
    INSERT INTO "{table}_search" ("id", "text"{and_kept}) SELECT NEW.id, {new_text}{and_new_kept};
END;
"""

# Whoever writes is waited for, and waits.
_POSTGRESQL_LOCK = """
LOCK TABLE "users", "api_keys" IN SHARE ROW EXCLUSIVE MODE;
"""

_POSTGRESQL_FILL = """
TRUNCATE "{table}_search";
DROP INDEX IF EXISTS "{table}_search_parts";
INSERT INTO "{table}_search" ("id", "text"{and_kept}) SELECT "id", lower({text}){and_kept} FROM "{table}";
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX "{table}_search_parts" ON "{table}_search" USING gin ("text" gin_trgm_ops);
    END IF;
END $$;
"""

_POSTGRESQL_TRIGGERS = """
DROP TRIGGER everruns_auth_{table}_found_changed ON "{table}";
CREATE OR REPLACE FUNCTION everruns_auth_{table}_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM "{table}_search" WHERE "id" = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO "{table}_search" ("id", "text"{and_kept})
        VALUES (NEW.id, lower({new_text}){and_new_kept})
        ON CONFLICT ("id") DO UPDATE SET ("text"{and_kept}) = ROW (EXCLUDED."text"{and_told});
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER everruns_auth_{table}_found_changed AFTER UPDATE OF {followed} ON "{table}"
    FOR EACH ROW WHEN (({old_followed}) IS DISTINCT FROM ({new_followed}))
    EXECUTE FUNCTION everruns_auth_{table}_found();
"""

_POSTGRESQL_RIGHTS = """
DO $$ BEGIN
    EXECUTE format('ALTER FUNCTION everruns_auth_{table}_{word}() SECURITY DEFINER '
        'SET search_path = %I, pg_temp', current_schema());
END $$;
"""
_POSTGRESQL_NO_RIGHTS = """
ALTER FUNCTION everruns_auth_{table}_{word}() SECURITY INVOKER RESET search_path;
"""


def _written(template: str, table: str, mark: str, kept: tuple[str, ...]) -> str:
    """The template for a table whose side table keeps these columns; `mark` is two newlines."""
    searched = _SEARCHED[table]
    followed = ("id", *dict.fromkeys((*searched, *kept)))

    def text(row: str) -> str:
        return " || ".join(f'{mark} || {row}"{column}"' for column in searched)

    def listed(row: str, columns: tuple[str, ...]) -> str:
        return ", ".join(f'{row}"{column}"' for column in columns)

    def after(row: str) -> str:
        return "".join(f', {row}"{column}"' for column in kept)

    return template.format(
        table=table,
        sorted=listed("", kept),
        and_kept=after(""),
        and_new_kept=after("NEW."),
        and_told=after("EXCLUDED."),
        text=text(""),
        new_text=text("NEW."),
        followed=listed("", followed),
        old_followed=listed("OLD.", followed),
        new_followed=listed("NEW.", followed),
    )


def _added(table: str, time: str) -> str:
    return "".join(
        f'ALTER TABLE "{table}_search" ADD COLUMN "{name}" {_TYPES.get(name, time)};\n'
        for name in _SORTED[table]
    )


def _dropped(table: str) -> str:
    return "".join(
        f'ALTER TABLE "{table}_search" DROP COLUMN "{name}";\n' for name in _SORTED[table]
    )


def _rights(template: str, table: str) -> str:
    return "".join(template.format(table=table, word=word) for word in ("found", "found_none"))


def _sqlite(table: str) -> str:
    filled = _written(_SQLITE_FILL + _SQLITE_TRIGGERS, table, _SQLITE_MARK, _SORTED[table])
    return _added(table, "TIMESTAMP") + filled


def _sqlite_drop(table: str) -> str:
    return _written(_SQLITE_TRIGGERS, table, _SQLITE_MARK, ()) + _dropped(table)


def _postgresql(table: str) -> str:
    template = _POSTGRESQL_FILL + _POSTGRESQL_TRIGGERS
    filled = _written(template, table, _POSTGRESQL_MARK, _SORTED[table])
    return _added(table, "TIMESTAMPTZ") + filled + _rights(_POSTGRESQL_RIGHTS, table)


def _postgresql_drop(table: str) -> str:
    triggers = _written(_POSTGRESQL_TRIGGERS, table, _POSTGRESQL_MARK, ())
    return triggers + _rights(_POSTGRESQL_NO_RIGHTS, table) + _dropped(table)


async def upgrade(db: BaseDBAsyncClient) -> str:
    if db.capabilities.dialect == "sqlite":
        return "".join(map(_sqlite, _SORTED))
    return _POSTGRESQL_LOCK + "".join(map(_postgresql, _SORTED))


async def downgrade(db: BaseDBAsyncClient) -> str:
    if db.capabilities.dialect == "sqlite":
        return "".join(map(_sqlite_drop, _SORTED))
    return _POSTGRESQL_LOCK + "".join(map(_postgresql_drop, _SORTED))


MODELS_STATE = (
    "eJztXG1v2zgS/iuEv2wK5ILYeWnRLA5wXor1tY0XibN32OYg0xJt8yKTWpFyGvTy349Dy5"
    "aoF0dq7VTW6UsbD2dI6hlyyHlE8Vtrxh3iioM7QfzWe/StxfCMqD8M+T5qYc+LpCCQeORq"
    "xUBpaAkeCeljWyrhGLuCKJFDhO1TT1LOQLWLPKXLGeI+wsjz+cTHMySnWCIbMyTohCHKzt"
    "DQoQKqdywsh4gFrotmBDOBCNPiA2jO4bZqj7LJxmsOGP0rIJbkEyKnGpYv/1ZiyhzylQj4"
    "+WUBEwidlir70rJ9gqWuNi51sZCWgoTOSawEKvMerDElrmNgrgpVkZZb8snTsru73uUHrQ"
    "nPPLJs7gYzFml7T3LK2Uo9CKhzADZQNiGM+NCtmEvgmUPXLUWL51UC6Qdk9aBOJHDIGAcu"
    "OLb16zhgNvgThQMEGhYHjDxa1Pl72MeYvmVd9wfW7dXAslqpAQF9SXgyFNmcwWCiTALe35"
    "4X9UbIaGkLGrj4rXuzd3T6RmPBhZz4ulDj1nrWhljihan2XQQ3mWHqphG/mGI/G/GVQQJ0"
    "1dXtwL0EaAuQtmb4q+USNpFT9bNzcrwG4z+6NxpmpaVx5mqaLyb/dVjUWZQB3hG+yzlSFN"
    "6l/mbQXQoieKOo9Pr4Hh4WwffwMB9fKDPxxXM1sn0r8EsNYtPqu7AOx2lVoT5+Vwjr43dr"
    "wIZCE22fu0Skgf7Hbf86G+iVQQJjh9oS/Re5VMhtjetYmB4F1JWUiQNo72cEaAAIap4J8Z"
    "cbh3nvc/dfSQ9cfOqfJyM5VHCecIaHhXjkvmNNsZiWGf0pwzpOgC3EGr30WXPiU1Vpxjbl"
    "nKvRjtmaddMwTqA+UtbbmgsryesO+/N+/5Mx7M97gwTed5/Pr2722toNSolKLe5dDxLYx/"
    "asaeAvFVySzkg28gnTZCQKbQ+Wf+ze0F/jgUHv89XtoPv5d8MNl93BFZR0tPQpId07TUyK"
    "VSXon73Bbwh+oj/711fJILXSG/zZgj7hQHKL8UcLO3FMluKlyPBzOlso4+q0dePtKnvbzB"
    "jLeNq03ICXq7Z3rpObA8/5Tjeblo2bK+dm4HHGDzFqAQQjbD88YrXBNEpiSZtHrQfylJFJ"
    "nIeWHz7eEBdrMNN+D1mXrkc/kqfd9XkkDRcZY84IIoSq9wcxuiFj5eDpgD8QVlekqEOYpJ"
    "JmZaZlsOp3AzntLSqr1bCCKck7PG+SpotmnVlSghme6EeCtqElcxJmsObR9MznzeOBoAh1"
    "rnQRHyOMgHA/Q0Py1aNqfCeJbM15U4kcTgRiXKKFXhZlvoEai1DlULu1IKtjOxfNj8dYdP"
    "Vv1H4Op56ho3e9qoX1WrHf+w0HXyUOvuGIt8vbqDlemiOL29TuTcdpkRcdp/nvOU5TrzkA"
    "Ls8nY/q1LMiRVS2Hc6HRvGYwJ4EWNvfKUfCRRcPBb5yDNxfVMpmtadnQVFVLbFOkZGyDVZ"
    "qSjNk2nt4NT1OvzEqWtKvfG7XjkwJL2fFJ7lIGRWbsbMjf/4spFUt9i2aUMZNNppXVdeoL"
    "yWOKZDXRTUP7gfuETthH8qQB7ql+YGZnJY2JI467CWmK8lJiHz+umI34gFLPrp6YLN4zX3"
    "RvL7qXV63nfNZ6m+SZwc5mUGhJ9jafSPMXmpYE1cJ0WsgxZ/Fiy6J7ds+GuladDg8RBTKM"
    "IIdOiJBAnVEpkB34PmEShd1A2mAfDVVyN6c8EFa8BmUDNXBG7tmIjNVQPUNDQYgzVBbhAF"
    "RNwy+fyzDQDxFmjknPYZ+gR+DloLZlD3RDvwg0epJE3LMxd13+iMY+n22Cq1tzwtXk3xrG"
    "7acHzf01jFs0HMts8kyrhhV6kRXKmP5l8M4xr9/eevPIQzgtA/VSv4Yc3ObBjdaoNMQ9Jr"
    "MRNo0SOMPOZUs4H24L5An04G+d9vHb43dHp8fvlIru5Urydg3u6QN+0VJfNhs0LZtssNLZ"
    "YMWotMbV23N1hbjxxs3NGc7GzT/kZuqBtqow4+Vj/r7StKrfzn3zrLhmH7DCJGM65eNsWt"
    "UP55N2pwDQSisXaV2WAXXDTDfMdMNMJ5lp8yxsBjWdOiybz01zta5MLfOUbgF2miFs2zxg"
    "EmG5uM9grurwz9De8s99JILRf4gt3wArrangRSvqIQWich8xMie+5ofDVSiD6t5OO8Cbd5"
    "d24SFSwWdETlW7SHJNmw+pEAHxhwi7nBG01/cI612iC84YWF2ouYLug8ND/Lbz5r1qmLBY"
    "B38R6O7m0z1TXbKnmCk37useCOWoVcN00eqIO09I+SX3wOqX1rJaUAitF3x1UW48XsFSrS"
    "G8K0J4x51TnH6NbGrICx4V2VEc5W8ojlL7ieW0KYFxzKSGEHdOimyPldaaGzVSG+RFzCyV"
    "hKws6rcx3grEr3wpTMUB3sKtMA1n8j3r385xJhUjuys2z+rk6YZKaKiEhkrIpBIU6s4tvK"
    "FtZV+tGBbuv0wh6GgoQLsgh9BXSTWWksw8ubwHUeXG8FhnOlX2+SNkyA9ElY/h1kSBVCI+"
    "gf91Lh+a2jxwHfWvssUT5YA0ibDNhl4+spabZGusSh+7Ma2aY04550HW3Km4Uy8+X9MTu7"
    "7kl7jtYqsf3QcOlVdzopeC9If3UenaoIpBzyKgWCKeav0D1JNIRQjEOMQzWIbhS3rxHr6R"
    "54F06ZxAaOMCjujyGYiFR/CDQHycHT43VG+RA77mKd3YsmkWKCh4bkl4jsuUqx5C8DYLGg"
    "q0GhRo+Wjc5NgVDcPGBbB29kHMNZe/2jmnMOtAuW7+tGssqBVFOGZSQ4jbpwUgbifnRAQx"
    "FD0nxzAvSx/EbX5gVdgdTujF0F8BNqaWaDYnv5qTXzU7+eUT9aRCZsaIfKhNq/pB3e4UuT"
    "ReaeUvbZ3UlfEOkZkvE/MvrIksqnFhDTS70xfWVIW1ID61p60sxmJRsr+WrYh0XuIp8sH/"
    "AS41K1TkfuyVGSEyPvIKw0F1mdONfOSVn5PPiS9KZm8xkxrmFls5zgGTqgTCoXoN0W0Xul"
    "2wveZ2wXb6dkHVoszcs+WvcDGT11/ifk6+UY/F7Pl/PgVukg=="
)
