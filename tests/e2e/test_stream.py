"""The stream over a real socket, from a server of two workers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from resource import getpagesize
from socket import SO_RCVBUF, SOL_SOCKET
from time import monotonic
from urllib.parse import urlsplit

import pytest

from tests.support.callers import me, new_key, newcomer
from tests.support.databases import execute
from tests.support.people import Person
from tests.support.processes import Server, environment
from tests.support.streams import PATH, Stream, streaming
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

# One second is promised; the machine of the tests has other things to do as well.
SOON = 8.0
# Requests in flight are given 15.
A_STOP = 5.0
# What becomes of a listener that does not read has nothing to do with the engine.
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def operator(server: Server) -> Person:
    return await new_operator(server)


async def new_operator(server: Server) -> Person:
    person = newcomer(server)
    await by_hand(
        server, f"""UPDATE users SET roles = '["admin"]' WHERE email = '{person.email}'"""
    )
    return person


async def by_hand(server: Server, statement: str) -> None:
    await execute(server.env["DATABASE_URL"], statement)


@asynccontextmanager
async def a_listener_a_worker(server: Server, operator: Person) -> AsyncIterator[list[Stream]]:
    async with AsyncExitStack() as stack:
        streams = []
        for worker in server.worker_pids:
            with server.only(worker):
                streams.append(await stack.enter_async_context(streaming(server, operator.bearer)))
        yield streams


async def test_what_one_worker_does_is_told_by_both(server: Server, operator: Person) -> None:
    async with a_listener_a_worker(server, operator) as streams:
        for worker in server.worker_pids:
            with server.only(worker):
                bob = newcomer(server)
                key = new_key(server, bob)
            for stream in streams:
                await stream.hears("user_changed", id=bob.id, change="created")
                await stream.hears("session_opened", user_id=bob.id)
                await stream.hears("key_created", id=key["id"], user_id=bob.id)
                await stream.hears("audit", action="auth.register", user_id=bob.id)


async def test_what_a_hand_writes_is_told_by_both(server: Server, operator: Person) -> None:
    bob = newcomer(server)
    key, named = new_key(server, bob), {"user_id": bob.id}
    async with a_listener_a_worker(server, operator) as streams:
        await by_hand(server, f"DELETE FROM api_keys WHERE id = '{key['id']}'")
        await by_hand(server, f"DELETE FROM refresh_tokens WHERE user_id = '{bob.id}'")
        await by_hand(server, f"UPDATE users SET name = 'x' WHERE id = '{bob.id}'")
        for stream in streams:
            await stream.hears("key_revoked", id=key["id"], **named)
            await stream.hears("session_ended", **named)
            await stream.hears("user_changed", id=bob.id, change="updated")


async def test_a_use_is_told_within_about_a_second(server: Server, operator: Person) -> None:
    bob = newcomer(server)
    key = new_key(server, bob)
    async with a_listener_a_worker(server, operator) as streams:
        with server.client() as http:
            assert me(http, {"Authorization": f"Bearer {key['key']}"}) == 200
        began = monotonic()
        for stream in streams:
            await stream.hears("key_used", id=key["id"])
        assert monotonic() - began < SOON


async def test_nothing_is_told_out_of_order_or_twice(server: Server, operator: Person) -> None:
    async with streaming(server, operator.bearer) as stream:
        people = [newcomer(server).id for _ in range(8)]
        await stream.hears("user_changed", id=people[-1])
        told = [item["id"] for item in stream.of("user_changed") if item["change"] == "created"]
        assert [one for one in told if one in people] == people


async def test_who_goes_on_after_any_event_is_told_all_that_followed(
    server: Server, operator: Person
) -> None:
    async with streaming(server, operator.bearer) as stream:
        people = [newcomer(server) for _ in range(2)]
        await by_hand(server, "UPDATE users SET name = name || '!'")
        last = people[-1].id
        await stream.hears("user_changed", id=last, change="updated")
        heard = stream.told
    for number, event in enumerate(heard):
        async with streaming(server, operator.bearer, after=event.id) as again:
            await again.hears("listening")
            missed = [(one.kind, one.data) for one in again.told]
            # More than once is allowed, less is not.
            assert all((one.kind, one.data) in missed for one in heard[number + 1 :])


async def test_the_listener_is_told_when_it_was_away_too_long(
    server: Server, operator: Person
) -> None:
    async with streaming(server, operator.bearer) as stream:
        place = (await stream.hears("listening")).id
    before, _, read_at = place.rpartition("@")
    for lost in (f"{before}@{int(read_at) - 601}", "0@0", "nonsense", "1:1:/5@9"):
        async with streaming(server, operator.bearer, after=lost) as stream:
            await stream.hears("reset")
            assert stream.kinds[0] == "reset" and "listening" not in stream.kinds


async def test_a_listener_who_is_revoked_by_hand_is_closed(
    server: Server, operator: Person
) -> None:
    delete = f"DELETE FROM refresh_tokens WHERE user_id = '{operator.id}'"
    async with a_listener_a_worker(server, operator) as streams:
        await by_hand(server, delete)
        began = monotonic()
        for stream in streams:
            await stream.ends()
            assert stream.status == 200
        assert monotonic() - began < SOON
    async with streaming(server, operator.bearer) as stream:
        assert stream.status == 401


async def test_the_head_alone_leaves_the_connection_usable(
    server: Server, operator: Person
) -> None:
    with server.client() as http:
        answer = http.head(PATH, headers=operator.bearer)
        assert (answer.status_code, answer.content) == (200, b"")
        assert me(http, operator.bearer) == 200


async def test_a_stop_closes_streams_at_once(database_url: str, tmp_path: Path) -> None:
    async with its_own(database_url, tmp_path) as (server, operator):
        async with a_listener_a_worker(server, operator) as streams:
            began = monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            assert monotonic() - began < A_STOP
            for stream in streams:
                await stream.ends()
        server.assert_gone()


@ON_ONE_ENGINE
async def test_a_listener_that_does_not_read_is_cut_off(database_url: str, tmp_path: Path) -> None:
    async with its_own(database_url, tmp_path) as (server, operator):
        before = megabytes(server)
        with deaf(server, operator):
            for _ in range(4):
                await by_hand(server, flood(database_url))
            # At the latest the comment after 14 s finds no room for 5.
            await until(lambda: not established(server), 30)
            assert megabytes(server) - before < 300
        began = monotonic()
        assert await asyncio.to_thread(server.stop) == 0
        assert monotonic() - began < A_STOP
        server.assert_gone()
        assert "database trouble" not in server.stderr


@ON_ONE_ENGINE
async def test_a_stop_waits_not_long_for_a_listener_that_does_not_read(
    database_url: str, tmp_path: Path
) -> None:
    async with its_own(database_url, tmp_path) as (server, operator):
        with deaf(server, operator):
            await by_hand(server, flood(database_url))
            await asyncio.sleep(1)
            began = monotonic()
            assert await asyncio.to_thread(server.stop) == 0
            # A third of what requests in flight are given.
            assert monotonic() - began < 7
        server.assert_gone()


@asynccontextmanager
async def its_own(url: str, folder: Path) -> AsyncIterator[tuple[Server, Person]]:
    """A server of the test's own, and an operator."""
    with Server(environment(url), folder).start() as server:
        await asyncio.to_thread(server.wait_until_all_serve)
        yield server, await new_operator(server)


@contextmanager
def deaf(server: Server, operator: Person) -> Iterator[None]:
    """Asks for the stream and does not read it."""
    host, port = urlsplit(server.url).hostname, urlsplit(server.url).port
    with socket.socket() as ear:
        ear.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)
        ear.connect((host, port))
        authorization = operator.bearer["Authorization"]
        ear.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\n\r\n".encode()
        )
        assert ear.recv(100).startswith(b"HTTP/1.1 200")
        assert established(server)
        yield


def established(server: Server) -> bool:
    """Whether anybody is connected to the server, as the kernel sees it from the server's end."""
    port = f":{urlsplit(server.url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(local.endswith(port) and state == "01" for _, local, _, state, *_ in lines)


def flood(url: str) -> str:
    """A thousand events of 20 kB."""
    columns = "INSERT INTO audit_events (id, at, action, outcome, detail) "
    if url.startswith("sqlite://"):
        return (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
            f"{columns} SELECT hex(randomblob(16)), datetime('now'), 'flood', 'success', "
            "json_object('x', hex(zeroblob(10000))) FROM n"
        )
    return (
        f"{columns} SELECT gen_random_uuid(), now(), 'flood', 'success', "
        "jsonb_build_object('x', repeat('0', 20000)) FROM generate_series(1, 1000)"
    )


def megabytes(server: Server) -> int:
    """What the workers hold in memory together."""
    pages = (
        int(Path(f"/proc/{worker}/statm").read_text().split()[1]) for worker in server.worker_pids
    )
    return sum(pages) * getpagesize() >> 20
