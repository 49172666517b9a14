"""Bytes that no client library sends, over a plain socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator
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
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(request)
        answer = connection.recv(65_536)
    assert b"\r\nx-content-type-options: nosniff\r\n" in answer.lower()
    assert b"\r\ncache-control: no-store\r\n" in answer.lower()
    return answer


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


def test_headers_that_are_too_large_are_431(server: Server) -> None:
    answer = answer_to(
        server, b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20_000 + b"\r\n\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("size", [65_537, 200_000])
def test_a_body_over_64_kib_is_413(server: Server, size: int) -> None:
    answer = answer_to(
        server,
        b"POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % size,
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
