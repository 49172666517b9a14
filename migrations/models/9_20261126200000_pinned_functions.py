"""The functions of the triggers find what they name, whatever the search path of who writes.

Under `SET search_path = ''`, as a dump has it and careful operators do, or with the tables in a
schema of their own and another role's psql, a DELETE failed for want of `everruns_auth_say` and
revoked nothing. Each function keeps now the schema that it is in as its path; `pg_temp` is last, so
that nobody's temporary table stands in for ours. With whose rights a function runs stays as it was.

`everruns_auth_day` names nothing of ours, and is inlined only without settings of its own.
"""

from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True

_EACH_FUNCTION = """
DO $$
DECLARE
    ours record;
BEGIN
    FOR ours IN
        SELECT oid::regprocedure AS name, pronamespace::regnamespace AS schema, prosecdef
        FROM pg_proc
        WHERE proname LIKE 'everruns\\_auth\\_%' AND proname <> 'everruns_auth_day' AND pronamespace =
            (SELECT pronamespace FROM pg_proc WHERE oid = 'everruns_auth_say_all()'::regprocedure)
    LOOP
        {change}
    END LOOP;
END $$;
"""

_PIN = "EXECUTE format('ALTER FUNCTION %s SET search_path = %s, pg_temp', ours.name, ours.schema);"
# Those with their owner's rights have had a path from the beginning.
_UNPIN = """IF NOT ours.prosecdef THEN
            EXECUTE format('ALTER FUNCTION %s RESET search_path', ours.name);
        END IF;"""


async def upgrade(db: BaseDBAsyncClient) -> str:
    return _on_postgresql(db, _PIN)


async def downgrade(db: BaseDBAsyncClient) -> str:
    return _on_postgresql(db, _UNPIN)


def _on_postgresql(db: BaseDBAsyncClient, change: str) -> str:
    if db.capabilities.dialect == "sqlite":
        return "SELECT 1;\n"
    return _EACH_FUNCTION.format(change=change)


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
