"""Answers of a server that is wrong or hostile: each ends soon, in words, and costs bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from tests.tui.http.raw_server import OK, RawServer, Say, raw_server, saying, without_end
from tui.http import transport
from tui.http.auth import ApiKeyAuth
from tui.http.client import Client, connection
from tui.http.errors import NotOurServer, Silent, Trouble
from tui.lists.schemas import User

pytestmark = pytest.mark.anyio

CHUNKED = b"transfer-encoding: chunked\r\n\r\n"
GZIP = b"content-encoding: gzip\r\nconnection: close\r\n\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
# The bounds are far above what is ours; nothing here may come near what the issue saw (2.5 GB).
MEMORY_BYTES = 32 * 1024 * 1024


@pytest.fixture
def memory() -> Iterator[Callable[[], int]]:
    """The most bytes that were held at a time."""
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@asynccontextmanager
async def asking(say: Say) -> AsyncIterator[tuple[Client, RawServer]]:
    async with raw_server(say) as server:
        client = Client(connection(server.url), ApiKeyAuth("evr_0"))
        try:
            yield client, server
        finally:
            await client.close()


def bomb(megabytes: int = 256) -> bytes:
    """Gzip of so many megabytes of blanks; some 260 KiB."""
    packer = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    blanks = b" " * 1024 * 1024
    return b"".join(packer.compress(blanks) for _ in range(megabytes)) + packer.flush()


ENDLESS: dict[str, tuple[Say, str]] = {
    "a body": (without_end(OK + CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n"), "more than"),
    "a body without a length": (without_end(OK + b"\r\n", b"[" * 65536), "more than"),
    "a refusal": (
        without_end(b"HTTP/1.1 401 No\r\n\r\n", b" " * 65536),
        "more than",
    ),
    "gzip without output": (
        without_end(OK + GZIP + gzip.compress(b"")[:-8], b"\x00\x00\x00\xff\xff" * 9999),
        "more than|cannot be read",
    ),
    "gzip behind its end": (
        without_end(OK + GZIP + gzip.compress(b"{}"), b" " * 65536),
        "cannot be read",
    ),
    "headers": (without_end(OK, b"x-more: y\r\n" * 999), "broke"),
}
SLOW: dict[str, Say] = {
    "a body": without_end(OK + b"\r\n", b" ", every=0.05),
    "headers": without_end(OK + b"x: ", b"y", every=0.05),
    "interim answers": without_end(b"", b"HTTP/1.1 100 Go on\r\n\r\n", every=0.05),
}


@pytest.mark.parametrize("what", ENDLESS)
async def test_what_has_no_end_is_given_up(what: str, memory: Callable[[], int]) -> None:
    say, words = ENDLESS[what]
    async with asking(say) as (client, _):
        with pytest.raises(Trouble, match=words):
            await client.overview()
    assert memory() < MEMORY_BYTES


@pytest.mark.parametrize("what", SLOW)
async def test_what_comes_a_byte_at_a_time_is_given_up(
    what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.http.client.WHOLE_SECONDS", 0.5)
    async with asking(SLOW[what]) as (client, _):
        with pytest.raises(Silent, match="does not answer in time"):
            await client.overview()
        with pytest.raises(Trouble, match=r"in time|no event stream"):
            async with client.stream(None) as events:
                assert not [event async for event in events]


async def test_a_small_body_that_unpacks_to_a_huge_one_is_not_unpacked(
    memory: Callable[[], int],
) -> None:
    async with asking(saying(OK + GZIP + bomb())) as (client, _):
        with pytest.raises(NotOurServer, match="an answer of more than 4,194,304 bytes"):
            await client.overview()
    assert memory() < MEMORY_BYTES


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "compress"])
async def test_an_encoding_that_was_not_asked_for_is_not_read(encoding: str) -> None:
    head = OK + f"content-encoding: {encoding}\r\n\r\n".encode()
    async with asking(saying(head + gzip.compress(gzip.compress(b"{}")))) as (client, server):
        with pytest.raises(NotOurServer, match="an encoding that was not asked for"):
            await client.overview()
    assert "accept-encoding: gzip\r\n" in server.asked[0].lower()


async def test_gzip_is_read_as_what_it_holds() -> None:
    config = b'{"mode":"full","password_auth_enabled":true}'
    async with asking(saying(OK + GZIP + gzip.compress(config))) as (client, _):
        assert (await client.config()).mode == "full"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"mode":"full","password_auth_enabled":true,"x":' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"mode":NaN}',
        b"\xff\xfe{}",
        b'{"mode":"\xff","password_auth_enabled":true}',
        b"\x00" * 9,
        b"9" * 100_000,
        b"<html>hello</html>",
        b"",
        b"null",
        b"[]",
        b"{}",
        b'"x"',
        b'{"error":"Not found"}',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
async def test_what_is_no_json_of_ours_is_no_server_of_ours(body: bytes) -> None:
    async with asking(saying(OK + b"\r\n" + body)) as (client, _):
        with pytest.raises(NotOurServer):
            await client.config()
        with pytest.raises(NotOurServer):
            _ = [row async for row in client.every(User, "/v1/admin/users", {})]


async def test_json_of_a_page_for_people_is_none_of_ours() -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\n\r\n"
    body = b'{"mode":"full","password_auth_enabled":true}'
    async with asking(saying(head + body)) as (client, _):
        with pytest.raises(NotOurServer, match="does not answer in JSON"):
            await client.config()


CALLS: dict[str, Callable[[Client], Awaitable[object]]] = {
    "config": lambda client: client.config(),
    "pulse": lambda client: client.pulse(),
    "me": lambda client: client.me(),
    "log_in": lambda client: client.log_in("ann@example.com", "secret"),
    "refresh": lambda client: client.refresh("token"),
    "log_out": lambda client: client.log_out("token"),
    "overview": lambda client: client.overview(),
    "overview_record": lambda client: client.overview_record(),
    "page": lambda client: client.page(User, "/v1/admin/users", {}),
    "one": lambda client: client.one(User, "/v1/admin/users", "1"),
    "named": lambda client: client.named(User, "/v1/admin/users", "ann@example.com"),
    "user_id_of": lambda client: client.user_id_of("ann@example.com"),
    "identities": lambda client: client.identities("1"),
    "revoke_key": lambda client: client.revoke_key("1"),
    "revoke_keys": lambda client: client.revoke_keys(("1",)),
    "end_session": lambda client: client.end_session("1"),
    "force_logout": lambda client: client.force_logout("1"),
    "unlink": lambda client: client.unlink("1", "github"),
    "change_user": lambda client: client.change_user("1", disabled=True),
    "create_user": lambda client: client.create_user({"email": "ann@example.com"}),
}


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"data":[]}', b'{"status":"ok"}', b"<html>"])
@pytest.mark.parametrize("call", CALLS)
async def test_another_application_at_the_url_never_counts_as_a_success(
    call: str, body: bytes
) -> None:
    async with asking(saying(OK + b"\r\n" + body)) as (client, _):
        with pytest.raises(NotOurServer):
            await CALLS[call](client)


def test_every_call_of_the_client_is_tried() -> None:
    no_call = {"close", "every", "records", "stream", "check_privacy"}
    public = {name for name in vars(Client) if not name.startswith("_")}
    assert public - no_call - {"url"} == set(CALLS)


@pytest.mark.parametrize("token", ["", "a\\nb", "a b", "\u00e9", "x" * 20_000])
async def test_a_token_that_no_header_can_hold_is_none_of_ours(token: str) -> None:
    form = f'{{"access_token":"{token}","refresh_token":"r","expires_in":900}}'.encode()
    async with asking(saying(OK + b"\r\n" + form)) as (client, _):
        with pytest.raises(NotOurServer, match="access_token"):
            await client.refresh("token")


@pytest.mark.parametrize("seconds", [b"-1", b"1e400", b"9" * 400])
async def test_a_life_that_no_clock_can_count_is_none_of_ours(seconds: bytes) -> None:
    form = b'{"access_token":"a","refresh_token":"r","expires_in":' + seconds + b"}"
    async with asking(saying(OK + b"\r\n" + form)) as (client, _):
        with pytest.raises(NotOurServer):
            await client.refresh("token")


async def test_a_redirect_is_not_followed_and_takes_no_credential_along() -> None:
    async with raw_server(saying(OK + b"\r\n{}")) as elsewhere:
        to = f"HTTP/1.1 307 Over there\r\nlocation: {elsewhere.url}\r\n\r\n".encode()
        async with asking(saying(to)) as (client, server):
            with pytest.raises(NotOurServer, match="sends us on to"):
                await client.me()
        assert len(server.asked) == 1
        assert not elsewhere.asked


@pytest.mark.parametrize(
    "part", [b"data: x", b": comment", b"data: x\n", b"data: x\r\n", b"id: 1\ndata: \n"]
)
async def test_an_event_without_an_end_is_given_up(part: bytes, memory: Callable[[], int]) -> None:
    async with asking(without_end(STREAM, part * 999)) as (client, _):
        with pytest.raises(NotOurServer, match="an event of more than 65,536 bytes"):
            async with client.stream(None) as events:
                _ = [event async for event in events]
    assert memory() < MEMORY_BYTES


@pytest.mark.parametrize("ending", [b"\n", b"\r", b"\r\n"])
async def test_a_long_stream_of_events_is_read_whole(ending: bytes) -> None:
    event = b"data: " + b"x" * 9_000 + ending * 2
    count = 2 * transport.MAX_ANSWER_BYTES // len(event)
    async with (
        asking(saying(STREAM, *[event] * count)) as (client, _),
        client.stream(None) as events,
    ):
        assert len([event async for event in events if event.data]) == count


@pytest.mark.parametrize("event_id", ["\u00e9", "a b", "x" * 300, "1\u2028"])
async def test_an_event_id_that_no_header_can_hold_is_not_given_back(event_id: str) -> None:
    event = f"id: {event_id}\ndata: {{}}\n\n".encode()
    async with asking(saying(STREAM + event)) as (client, _), client.stream(None) as events:
        assert [event.id async for event in events] == [""]
