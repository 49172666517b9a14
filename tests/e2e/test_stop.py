"""A stop ends every process without a trace, at whatever moment it is asked for."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.callers import PASSWORD, newcomer
from tests.support.processes import Server, environment, eventually

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
