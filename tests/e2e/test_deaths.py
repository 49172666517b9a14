"""Processes that are killed: workers are replaced, and nothing outlives the main process."""

from __future__ import annotations

import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from api.server.heartbeats import BEAT_SECONDS, MAX_SILENT_LOOKS
from tests.support.callers import one_client_a_worker
from tests.support.processes import Server, environment, eventually

pytestmark = pytest.mark.slow

BOUND = 30.0


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(f"sqlite://{tmp_path}/new.db")


def test_workers_go_when_the_main_process_is_killed(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url), tmp_path).start() as server:
        server.wait_until_all_serve()
        assert server.stop(signal.SIGKILL) == -signal.SIGKILL
        server.assert_gone()


def test_the_port_is_free_again_when_the_main_process_was_killed(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        port = server.url.rpartition(":")[2]
        server.stop(signal.SIGKILL)
        server.assert_gone()
    again = Server(env, tmp_path / "again", arguments=("--port", port))
    with again.start() as server:
        server.wait_until_it_answers()
        assert server.stop() == 0, server.stderr


def test_everything_goes_when_the_main_process_is_killed_while_it_starts(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Server(env, tmp_path).start() as server:
        eventually(lambda: len(server.pids) > 1, BOUND)
        server.stop(signal.SIGKILL)
        server.assert_gone()


def test_a_killed_worker_is_replaced_again_and_again(database_url: str, tmp_path: Path) -> None:
    with Server(environment(database_url), tmp_path).start() as server:
        server.wait_until_all_serve()
        for _ in range(3):
            killed = server.worker_pids[0]
            server.kill(killed)
            eventually(partial(_is_replaced, server, killed), BOUND, lambda: server.stderr)
            with one_client_a_worker(server) as clients:
                assert [http.get("/ready").status_code for http in clients] == [200, 200]
        assert server.stderr.count("a worker died and is replaced") == 3
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_the_other_worker_answers_while_one_is_replaced(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        server.kill(server.worker_pids[0])
        for _ in range(20):
            with server.client() as http:
                assert http.get("/health").status_code == 200
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_workers_that_die_together_are_replaced_once_each(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        dead = server.worker_pids
        for worker in dead:
            server.kill(worker)
        eventually(lambda: not set(dead) & set(server.pids), BOUND)
        server.wait_until_all_serve()
        assert len(server.worker_pids) == 2
        assert server.stderr.count("a worker died and is replaced") == 2
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_workers_that_no_longer_answer_are_replaced(env: dict[str, str], tmp_path: Path) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        hanging = server.worker_pids
        for worker in hanging:
            os.kill(worker, signal.SIGSTOP)
        eventually(lambda: not set(hanging) & set(server.pids), BOUND, lambda: server.stderr)
        server.wait_until_all_serve()
        assert server.stderr.count("a worker no longer answers and is killed") == 2
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def test_a_suspended_server_replaces_nobody_when_it_goes_on(
    env: dict[str, str], tmp_path: Path
) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        before = server.pids
        # As Ctrl-Z and `fg` do.
        os.killpg(server.process.pid, signal.SIGSTOP)
        time.sleep(MAX_SILENT_LOOKS * BEAT_SECONDS + 1)
        os.killpg(server.process.pid, signal.SIGCONT)
        server.wait_until_all_serve()
        assert server.pids == before
        assert server.stop() == 0, server.stderr


def test_a_stop_right_after_a_death_is_obeyed(env: dict[str, str], tmp_path: Path) -> None:
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        server.kill(server.worker_pids[0])
        assert server.stop() == 0, server.stderr
        server.assert_gone()


def _is_replaced(server: Server, dead: int) -> bool:
    workers = server.worker_pids
    return dead not in workers and len(workers) == server.workers
