"""What each worker keeps in memory for itself."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.support.callers import one_client_a_worker
from tests.support.databases import copied_sqlite
from tests.support.processes import Server, environment

pytestmark = pytest.mark.slow


def test_workers_share_the_memory_of_what_was_loaded(sqlite_template: Path, tmp_path: Path) -> None:
    env = environment(copied_sqlite(sqlite_template, tmp_path))
    with Server(env, tmp_path).start() as server:
        server.wait_until_all_serve()
        with one_client_a_worker(server, each=10) as clients:
            assert all(http.get("/api/v1/auth/config").is_success for http in clients)
        for worker in server.worker_pids:
            memory = Path(f"/proc/{worker}/smaps_rollup").read_text()
            resident, own = (
                int(memory.partition(f"{name}:")[2].split()[0]) for name in ("Rss", "Private_Dirty")
            )
            assert own < resident / 3, memory


def test_garbage_is_looked_for_once_it_serves(sqlite_template: Path, tmp_path: Path) -> None:
    env = environment(copied_sqlite(sqlite_template, tmp_path), AUTH_MODE="none")
    with Server(env, tmp_path, workers=1).start() as server:
        server.wait_until_it_answers()
        with server.client() as http:
            before = collections(http)
            # More objects at once than the youngest generation may hold.
            refused = http.post("/v1/auth/api-keys", json=[[] for _ in range(5_000)])
            assert refused.status_code == 422, refused.text
            assert collections(http) > before


def collections(http: httpx.Client) -> float:
    """How often the youngest objects were looked through."""
    name = 'python_gc_collections_total{generation="0"} '
    return float(http.get("/metrics").text.partition(name)[2].split()[0])
