"""A stop ends every process without a trace, at whatever moment it is asked for."""

from __future__ import annotations

import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.callers import newcomer
from tests.support.people import PASSWORD
from tests.support.processes import Server, environment, eventually

pytestmark = pytest.mark.slow

BOTH = (signal.SIGTERM, signal.SIGINT)
# A signal may come before Python has read a line of ours; then it ends the process by itself.
BY_ITSELF = (-signal.SIGTERM, -signal.SIGINT)
# Connections that clients keep open must not use up the 15 s that requests in flight are given.
BELOW_THE_GRACE = 12.0
SLOW = {"AUTH_BCRYPT_COST": "13"}
TERM_AND_INT = [(1, signal.SIGTERM), (2, signal.SIGINT)]


def test_a_stop_ends_cleanly(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url), tmp_path).start() as server:
        server.wait_until_all_serve()
        assert server.stop() == 0, server.stderr
        server.assert_gone()
        assert "stopped" in server.stderr.splitlines()[-1]
        assert server.stdout == ""


def test_ctrl_c_reaches_every_process_and_is_obeyed_once(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url), tmp_path).start() as server:
        server.wait_until_all_serve()
        # As the terminal does, and once more as whatever started us does.
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.stop(signal.SIGINT) == 0, server.stderr
        server.assert_gone()


@pytest.mark.parametrize(("workers", "number"), [*TERM_AND_INT, (2, signal.SIGTERM)])
def test_a_stop_right_at_the_first_answer_is_obeyed(
    tmp_path: Path, workers: int, number: int
) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path, workers=workers).start() as server:
        server.wait_until_it_answers()
        assert server.stop(number) == 0, server.stderr
        server.assert_gone()


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1])
def test_a_stop_between_the_announcement_and_the_first_answer_is_obeyed(
    tmp_path: Path, delay: float
) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    number = BOTH[int(delay * 100) % 2]
    with Server(env, tmp_path).start() as server:
        eventually(lambda: "listens on" in server.stderr, 30)
        time.sleep(delay)
        assert server.stop(number) == 0, server.stderr
        server.assert_gone()


@pytest.mark.parametrize(("workers", "number"), TERM_AND_INT)
def test_a_stop_at_any_early_moment_is_obeyed(tmp_path: Path, workers: int, number: int) -> None:
    for step in range(4):
        folder = tmp_path / str(step)
        env = environment(f"sqlite://{folder}/new.db")
        with Server(env, folder, workers=workers).start() as server:
            # Not in the very first: until a line of ours has run, Python answers in its own words.
            time.sleep(0.1 + step * 0.4 + workers * 0.1)
            assert server.stop(number) in (0, *BY_ITSELF), server.stderr
            server.assert_gone()


def test_a_request_in_flight_is_answered_during_a_stop(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url, **SLOW), tmp_path).start() as server:
        server.wait_until_all_serve()
        form = {"email": newcomer(server).email, "password": PASSWORD}
        with server.client() as http, ThreadPoolExecutor(1) as pool:
            http.get("/health")
            answer = pool.submit(http.post, "/v1/auth/login", json=form)
            time.sleep(0.2)
            assert not answer.done(), "hashing is too quick here for this test to say anything"
            began = time.monotonic()
            assert server.stop() == 0, server.stderr
            assert time.monotonic() - began < BELOW_THE_GRACE
            assert answer.result(20).status_code == 200
            assert answer.result().headers["Connection"] == "close"
        server.assert_gone()


def test_idle_connections_do_not_delay_a_stop(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        with server.client() as http:
            assert http.get("/health").status_code == 200
            began = time.monotonic()
            assert server.stop() == 0, server.stderr
            assert time.monotonic() - began < BELOW_THE_GRACE
        server.assert_gone()


@pytest.mark.parametrize("workers", [1, 2])
def test_new_connections_are_refused_while_a_request_in_flight_is_answered(
    tmp_path: Path, workers: int
) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db", **SLOW)
    with Server(env, tmp_path, workers=workers).start() as server:
        server.wait_until_all_serve()
        form = {"email": newcomer(server).email, "password": PASSWORD}
        with server.client() as http, ThreadPoolExecutor(1) as pool:
            http.get("/health")
            answer = pool.submit(http.post, "/v1/auth/login", json=form)
            time.sleep(0.2)
            server.process.send_signal(signal.SIGTERM)
            eventually(lambda: _is_refused(server), 20)
            assert not answer.done(), "hashing is too quick here for this test to say anything"
            assert answer.result(20).status_code == 200
        assert server.wait() == 0, server.stderr
        server.assert_gone()


def test_connections_of_before_a_stop_are_answered(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path, workers=1).start() as server:
        server.wait_until_all_serve()
        accepted = _connection(server)
        # What comes now waits until the worker sees it, together with the stop.
        (worker,) = server.worker_pids
        os.kill(worker, signal.SIGSTOP)
        connections = [accepted, *(_connection(server) for _ in range(20))]
        for connection in connections:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
        server.process.send_signal(signal.SIGTERM)
        os.kill(worker, signal.SIGCONT)
        answers = [connection.recv(65_536) for connection in connections]
        assert {answer[:12] for answer in answers} == {b"HTTP/1.1 200"}
        assert all(b"connection: close" in answer.lower() for answer in answers)
        for connection in connections:
            connection.close()
        assert server.wait() == 0, server.stderr
        server.assert_gone()


def test_a_connection_that_was_just_used_takes_one_more_request_during_a_stop(
    tmp_path: Path,
) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path, workers=1).start() as server:
        server.wait_until_all_serve()
        with _connection(server) as connection:
            assert b"connection: keep-alive" in _answer(connection)
            server.process.send_signal(signal.SIGTERM)
            eventually(lambda: _is_refused(server), 20)
            assert b"connection: close" in _answer(connection)
        assert server.wait() == 0, server.stderr
        server.assert_gone()


def test_a_worker_that_hangs_does_not_hold_a_stop_up_for_ever(tmp_path: Path) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        os.kill(server.worker_pids[0], signal.SIGSTOP)
        assert server.stop() == 0, server.stderr
        server.assert_gone()


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2])
def test_other_signals_end_nothing(tmp_path: Path, number: signal.Signals) -> None:
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        before = server.pids
        os.kill(server.process.pid, number)
        os.killpg(server.process.pid, number)
        server.wait_until_all_serve()
        assert server.pids == before
        assert ("SIGHUP: nothing is read again" in server.stderr) == (number == signal.SIGHUP)
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_a_closed_terminal_ends_the_server(tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    env = environment(f"sqlite://{tmp_path}/new.db")
    with Server(env, tmp_path, stdin=terminal).start() as server:
        server.wait_until_all_serve()
        os.close(terminal)
        os.close(controller)
        assert server.stop(signal.SIGHUP) == -signal.SIGHUP
        server.assert_gone()


def _connection(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)


def _answer(connection: socket.socket) -> bytes:
    connection.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\n\r\n")
    return connection.recv(65_536)


def _is_refused(server: Server) -> bool:
    try:
        _connection(server).close()
    except ConnectionRefusedError:
        return True
    return False
