"""No command runs the code of somebody else's project.

Started in its folder, it runs ours. Where Python would find the other first, it does not start.
"""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.processes import Server, environment, eventually, run, script

pytestmark = pytest.mark.slow

# Packages named as ours, and a module of Python's own that every one of our programs imports.
NAMES = ("api", "migrations", "models", "tui", "json", "sitecustomize")
SECONDS = 40.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose packages leave a file `ran` behind where they are imported."""
    for name in NAMES:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write(__name__)"
        )
    return tmp_path


@pytest.mark.parametrize("workers", [1, 2])
def test_the_server_runs_our_code(folder: Path, workers: int) -> None:
    env = environment(f"sqlite://{folder}/new.db")
    with Server(env, folder, workers=workers).start() as server:
        server.wait_until_all_serve()
        assert server.stop() == 0, server.stderr
    assert not (folder / "ran").exists()


def test_the_demo_runs_our_code(folder: Path) -> None:
    with _started(folder, "demo", "--no-dashboard") as said:
        eventually(lambda: "sign in as" in said.read_text(), SECONDS, said.read_text)
    assert not (folder / "ran").exists()


def test_the_dashboard_of_the_demo_runs_our_code(folder: Path) -> None:
    # Without a terminal it says so, which our dashboard alone does.
    with _started(folder, "demo") as said:
        eventually(lambda: "terminal" in said.read_text(), SECONDS, said.read_text)
    assert not (folder / "ran").exists()


def test_the_dashboard_in_a_browser_runs_our_code(folder: Path) -> None:
    arguments = ("dashboard", "--serve", "--serve-port", "0", "--url", "http://127.0.0.1:1/api")
    with _started(folder, *arguments) as said:
        eventually(lambda: "?token=" in said.read_text(), SECONDS, said.read_text)
        address = re.findall(r"http://\S+", said.read_text())[0]
        cookie = httpx.get(address).headers["Set-Cookie"].partition(";")[0]
        page = address.partition("/?")[0].replace("http", "ws")
        with connect(f"{page}/ws", additional_headers={"Cookie": cookie}) as tab:
            assert tab.recv(SECONDS)
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("name", NAMES[:4])
@pytest.mark.parametrize(
    "command",
    [("everruns-auth", "serve"), ("everruns-auth", "dashboard"), ("everruns-admin", "list-users")],
    ids=" ".join,
)
def test_a_package_of_our_name_on_the_path_is_refused_by_its_path(
    tmp_path: Path, name: str, command: tuple[str, ...]
) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("print('ran')")
    env = environment(f"sqlite://{tmp_path}/new.db", PYTHONPATH=str(tmp_path))
    ended = run(*command, env=env)
    assert (ended.status, ended.stdout) == (1, "")
    assert f"{name}: {tmp_path / name} is not a part of Everruns Auth" in ended.stderr


def test_python_m_refuses_it_too(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    env = environment(f"sqlite://{tmp_path}/new.db", PYTHONPATH=str(tmp_path))
    ended = run("python", "-P", "-m", "api", env=env)
    assert ended.status == 1
    assert f"models: {tmp_path}/models is not a part of Everruns Auth" in ended.stderr


@contextmanager
def _started(folder: Path, *arguments: str) -> Iterator[Path]:
    """The command inside the block, and the file of what it says."""
    said = folder / "said"
    with said.open("w") as written:
        process = subprocess.Popen(
            [script("everruns-auth"), *arguments],
            env=environment(f"sqlite://{folder}/new.db", HOME=str(folder)),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        yield said
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(SECONDS)
