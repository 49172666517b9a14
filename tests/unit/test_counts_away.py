"""A store of counts that is away, hangs or says no: nobody gets in uncounted, and it comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from api.errors import Unavailable
from api.request_context import RequestContext
from api.throttle import Throttle, counts_at
from models import new_id
from tests.support.proxies import LOOPBACK, proxied
from tests.support.redis import require_redis

pytestmark = pytest.mark.anyio

# Nobody waits this long: what is waited for happens, or the test has failed.
PATIENCE = 10
HERE = RequestContext(datetime.now(UTC), ip_address="192.0.2.1")
CLOSES, IS_SILENT = b"", b"silence"


async def nothing_unblocked(_subjects: Sequence[str], _now: datetime) -> list[tuple[UUID, str]]:
    return []


@asynccontextmanager
async def counting_at(url: str) -> AsyncIterator[Throttle]:
    throttle = Throttle(counts_at(url), nothing_unblocked, answer_seconds=0.5)
    yield throttle
    await throttle.close()


@asynccontextmanager
async def redis_that_says(answer: bytes) -> AsyncIterator[str]:
    """The URL of something that gives every command one answer."""
    is_over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while answer != CLOSES and await reader.read(65_536):
            if answer == IS_SILENT:
                await is_over.wait()
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0)
    yield f"redis://{LOOPBACK}:{server.sockets[0].getsockname()[1]}/0"
    is_over.set()
    server.close()


async def sign_in(throttle: Throttle, email: str = "ann@example.com") -> None:
    async with throttle.sign_in(email, HERE, is_known=False):
        pass


@pytest.mark.parametrize(
    "answer",
    [
        b"-READONLY You can't write against a read only replica.\r\n",
        b"-OOM command not allowed when used memory > 'maxmemory'.\r\n",
        b"-LOADING Redis is loading the dataset in memory\r\n",
        b"-NOAUTH Authentication required.\r\n",
        b"-WRONGPASS invalid username-password pair or user is disabled.\r\n",
        b"-NOPERM this user has no permissions to run the 'evalsha' command\r\n",
        b"-MOVED 3999 127.0.0.1:6381\r\n",
        b"-MISCONF Redis is configured to save RDB snapshots\r\n",
        b"-ERR max number of clients reached\r\n",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        CLOSES,
        IS_SILENT,
    ],
)
async def test_whatever_is_wrong_is_unavailable_and_one_line_in_the_log(answer: bytes) -> None:
    async with redis_that_says(answer) as url, counting_at(url) as throttle:
        with capture_logs() as lines:
            for question in (
                sign_in(throttle),
                sign_in(throttle),
                throttle.refused_refresh(HERE),
                throttle.is_audited_first("sign-in", HERE),
            ):
                with pytest.raises(Unavailable):
                    await question
    assert [line["event"] for line in lines] == ["the store of rate limits does not answer"]


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "redis://no-such-host.invalid:6379/0"])
async def test_a_store_that_is_not_there_is_unavailable(url: str) -> None:
    async with counting_at(url) as throttle:
        with pytest.raises(Unavailable):
            await sign_in(throttle)


async def test_a_store_that_hung_is_asked_again_and_holds_no_place_for_those_who_gave_up() -> None:
    email = f"{new_id().hex}@example.com"
    async with proxied(require_redis()) as (proxy, url), counting_at(url) as throttle:
        # So that there is a connection for each, greeted already.
        await asyncio.gather(*(sign_in(throttle, f"{n}-{email}") for n in range(15)))
        proxy.fall_silent()
        tries = [sign_in(throttle, email) for _ in range(15)]
        outcomes = await asyncio.gather(*tries, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {Unavailable}
        proxy.speak_again()
        async with asyncio.timeout(PATIENCE):
            await sign_in(throttle, f"other-{email}")
            await sign_in(throttle, email)


async def test_a_failure_that_cannot_be_counted_is_not_answered() -> None:
    email = f"{new_id().hex}@example.com"
    async with (
        proxied(require_redis()) as (proxy, url),
        counting_at(url) as throttle,
        throttle.sign_in(email, HERE, is_known=False) as attempt,
    ):
        proxy.fall_silent()
        with pytest.raises(Unavailable):
            await attempt.count()


async def test_whoever_was_right_is_let_in_though_the_store_hangs_meanwhile() -> None:
    email = f"{new_id().hex}@example.com"
    async with (
        proxied(require_redis()) as (proxy, url),
        counting_at(url) as throttle,
        throttle.sign_in(email, HERE, is_known=False),
    ):
        proxy.fall_silent()
