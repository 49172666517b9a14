"""Bytes that no client library sends, over a plain socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.processes import Server, environment


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("raw")
    with Server(environment(f"sqlite://{folder}/auth.db"), folder, workers=1).start() as running:
        yield running.wait_until_it_answers()


def answer_to(server: Server, request: bytes) -> bytes:
    with connected(server) as connection:
        connection.sendall(request)
        answer = connection.recv(65_536)
    assert b"\r\nx-content-type-options: nosniff\r\n" in answer.lower()
    assert b"\r\ncache-control: no-store\r\n" in answer.lower()
    return answer


def everything_answered_to(server: Server, request: bytes) -> bytes:
    """All that comes until the server closes the connection."""
    answered = b""
    with connected(server) as connection, suppress(ConnectionError):
        connection.sendall(request)
        while part := connection.recv(65_536):
            answered += part
    return answered


def connected(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=10)


@pytest.mark.parametrize(
    "request_line",
    [b"GET /\x1b[31mred HTTP/1.1", b"GET /a\x0bb HTTP/1.1", b"CONNECT example.com:443 HTTP/1.1"],
)
def test_an_address_that_cannot_be_read_is_400(server: Server, request_line: bytes) -> None:
    answer = answer_to(server, request_line + b"\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"problem+json" in answer
    assert "\x1b" not in server.stderr
    assert "Traceback" not in server.stderr


def test_a_space_before_the_colon_smuggles_nothing(server: Server) -> None:
    smuggled = b"GET /v1/auth/config HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = answer_to(
        server,
        b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Length : %d\r\n\r\n" % len(smuggled)
        + smuggled,
    )
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_a_request_without_a_host_is_400(server: Server) -> None:
    assert answer_to(server, b"GET /health HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400 ")
    assert answer_to(server, b"GET /health HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    ("size", "status"), [(7_000, 200), (32_000, 200), (33_000, 431), (100_000, 431)]
)
def test_headers_of_32_kib_are_read_and_larger_ones_are_431(
    server: Server, size: int, status: int
) -> None:
    cookies = b"Cookie: a=" + b"x" * size
    answer = answer_to(server, b"GET /health HTTP/1.1\r\nHost: a\r\n" + cookies + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 %d " % status)


@pytest.mark.parametrize("size", [65_537, 200_000])
def test_a_body_over_64_kib_is_413(server: Server, size: int) -> None:
    answer = answer_to(
        server,
        b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % size,
    )
    assert answer.startswith(b"HTTP/1.1 413 ")


def post_to(server: Server, *lines: bytes, body: bytes = b"") -> bytes:
    """What is answered to a sign-in with these header lines, a whole request hidden in its body."""
    head = (b"POST /v1/auth/login HTTP/1.1", b"Host: a", b"Content-Type: application/json", *lines)
    return everything_answered_to(server, b"\r\n".join(head) + b"\r\n\r\n" + body)


SMUGGLED = b"GET /v1/auth/config HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        (b"Host: b",),
        (b"host: a",),
        (b"Content-Length: +2",),
        (b"Content-Length: -2",),
        (b"Content-Length: 0_2",),
        (b"Content-Length: 0x2",),
        (b"Content-Length: 2 2",),
        (b"Content-Length: 2, 2",),
        (b"Content-Length:",),
        ("Content-Length: \u0662".encode(),),
        ("Content-Length: \uff12".encode(),),
        ("Content-Length: \u00a02".encode(),),
        (b"Content-Length: \x0b2",),
        (b"Content-Length: 2", b"Content-Length: 2"),
        (b"Content-Length: 2", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: chunked", b"Content-Length: 2"),
        (b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"),
        (b"Transfer-Encoding: gzip",),
        (b"Transfer-Encoding: identity",),
        (b"Transfer-Encoding: gzip, chunked",),
        (b"Transfer-Encoding: chunked, identity",),
        (b"Transfer-Encoding:",),
        (b"Transfer-Encoding: \x0bchunked",),
        (b"Transfer-Encoding: \x00chunked",),
        (b"Transfer-Encoding: chunked\x0c",),
        (b"Transfer-Encoding: chun\x1fked",),
        ("Transfer-Encoding: \u00a0chunked".encode(),),
        (b'Transfer-Encoding: "chunked"',),
        (b"Transfer-Encoding : chunked",),
        (b"\x0bTransfer-Encoding: chunked",),
        (b"Transfer-Encoding\x00: chunked",),
        (b" Transfer-Encoding: chunked",),
        (b"X: a\nTransfer-Encoding: chunked",),
        (b"X: a\rTransfer-Encoding: chunked",),
        (b"X: a", b" folded"),
        (b"X: a", b"\tfolded"),
        (b"X: nu\x00l",),
        (b": no name",),
        (b"no colon",),
        (b"N\xc3\xa4me: a",),
    ],
)
def test_a_head_that_two_servers_could_read_differently_is_400_and_the_end(
    server: Server, lines: tuple[bytes, ...]
) -> None:
    answer = post_to(server, *lines, body=SMUGGLED)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"connection: close" in answer.lower()
    assert "Traceback" not in server.stderr


@pytest.mark.parametrize("host", [b"", b"a b", b"a, b", b"a/b", b"u@a", b"\xc3\xa4", b"a\x00"])
def test_a_host_that_is_none_is_400(server: Server, host: bytes) -> None:
    answer = answer_to(server, b"GET /health HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 " if host else b"HTTP/1.1 200 ")


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_two_hosts_are_400(server: Server, version: bytes) -> None:
    head = b"GET /health HTTP/" + version + b"\r\nHost: a\r\nX: y\r\nHOST: b\r\n\r\n"
    assert answer_to(server, head).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("coding", [b"chunked", b"Chunked", b"CHUNKED", b" chunked \t"])
def test_a_chunked_body_is_read_however_the_coding_is_spelled(
    server: Server, coding: bytes
) -> None:
    last = SMUGGLED.replace(b"Host", b"Connection: close\r\nHost")
    body = b"1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n" + last
    answer = post_to(server, b"Transfer-Encoding:" + coding, body=body)
    # The second is another request, since the body had ended.
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert answer.count(b"HTTP/1.1 200 ") == 1


def test_http_1_0_knows_no_chunks(server: Server) -> None:
    head = b"POST /v1/auth/login HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert answer_to(server, head + b"0\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    "chunks",
    [
        b"+2\r\n{}\r\n0\r\n\r\n",
        b"0x2\r\n{}\r\n0\r\n\r\n",
        b" 2\r\n{}\r\n0\r\n\r\n",
        b"0_2\r\n{}\r\n0\r\n\r\n",
        "\u0662\r\n{}\r\n0\r\n\r\n".encode(),
        b"2\n\r\n{}\r\n0\r\n\r\n",
        b"2;\nx\r\n{}\r\n0\r\n\r\n",
        b"2;\x00\r\n{}\r\n0\r\n\r\n",
        b"2\r\n{}XX0\r\n\r\n",
        b"2\r\n{}\n\n0\r\n\r\n",
        b"2\r\n{}\r\n0\r\nX: trailer\r\n\r\n",
        b"000000000002\r\n{}\r\n0\r\n\r\n",
        b";\r\n{}\r\n0\r\n\r\n",
        b"2;" + b"x" * 100_000,
    ],
)
def test_chunks_that_two_servers_could_read_differently_are_400_and_the_end(
    server: Server, chunks: bytes
) -> None:
    answer = post_to(server, b"Transfer-Encoding: chunked", body=chunks + SMUGGLED)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert "Traceback" not in server.stderr


def test_a_client_that_waits_to_be_asked_sends_its_chunks(server: Server) -> None:
    head = (
        b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with connected(server) as connection:
        connection.sendall(head)
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        # Byte by byte, as slow clients do.
        for byte in b"2\r\n{}\r\n0\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 422 ")


@pytest.mark.parametrize(
    ("coding", "status"),
    [
        (b"gzip", 415),
        (b"GZIP", 415),
        (b"identity, gzip", 415),
        (b"zstd", 415),
        (b"aes128gcm", 415),
        (b"identity", 422),
        (b"Identity", 422),
        (b"", 422),
    ],
)
def test_an_encoded_body_is_415(server: Server, coding: bytes, status: int) -> None:
    encoded = (b"Content-Encoding: identity", b"Content-Encoding: " + coding)
    answer = post_to(server, b"Connection: close", b"Content-Length: 2", *encoded, body=b"{}")
    assert answer.startswith(b"HTTP/1.1 %d " % status)
