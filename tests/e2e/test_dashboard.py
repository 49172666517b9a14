"""The dashboard in a terminal that is one: tmux, the real server, keys pressed and lines read."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.conftest import OPERATOR
from tests.support.databases import copied_sqlite
from tests.support.processes import Server, environment, eventually, run

REQUIRED = "TEST_REQUIRES_TMUX"
SECONDS = 30.0


class Tmux:
    """One terminal of a tmux server of its own."""

    def __init__(self, folder: Path) -> None:
        self._socket = f"everruns-auth-{uuid.uuid4().hex[:8]}"
        self._folder = folder

    def start(self, command: str, env: dict[str, str], width: int = 80, height: int = 24) -> None:
        variables = [part for name, value in env.items() for part in ("-e", f"{name}={value}")]
        size = ("-x", str(width), "-y", str(height))
        self._run("-f", "/dev/null", "new-session", "-d", *size, *variables, command)

    def press(self, *keys: str) -> None:
        self._run("send-keys", *keys)

    def write(self, text: str) -> None:
        self._run("send-keys", "-l", text)

    @property
    def text(self) -> str:
        return self._run("capture-pane", "-p")

    def sees(self, *words: str) -> None:
        eventually(lambda: all(word in self.text for word in words), SECONDS, lambda: self.text)

    @property
    def has_ended(self) -> bool:
        return "no server" in self._run("list-sessions", is_checked=False)

    def end(self) -> None:
        self._run("kill-server", is_checked=False)

    def _run(self, *arguments: str, is_checked: bool = True) -> str:
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            cwd=self._folder,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=is_checked,
        )
        return done.stdout + ("" if is_checked else done.stderr)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Tmux]:
    if shutil.which("tmux") is None:
        reason = "tmux is not installed"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    terminal = Tmux(tmp_path)
    yield terminal
    terminal.end()


@pytest.fixture
def alone(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    """One server, with its operator."""
    env = environment(copied_sqlite(sqlite_template, tmp_path), **OPERATOR)
    with Server(env, tmp_path, workers=1).start() as server:
        yield server.wait_until_it_answers()
        assert server.stop() == 0, server.stderr


def home(folder: Path, url: str) -> dict[str, str]:
    """All that the dashboard sees of the tester's surroundings."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TERM": "screen",
        "LC_ALL": "C.UTF-8",
        "EVERRUNS_AUTH_URL": f"{url}/api",
    }


def test_an_operator_signs_in_sees_a_key_used_and_revokes_it(
    alone: Server, tmux: Tmux, tmp_path: Path
) -> None:
    key = new_key(alone)
    command = str(Path(sys.executable).with_name("everruns-auth"))
    tmux.start(f"{command} dashboard", home(tmp_path, alone.url))
    tmux.sees("E-mail", "Password")
    tmux.write(OPERATOR["AUTH_ADMIN_EMAIL"])
    tmux.press("Enter")
    tmux.write(OPERATOR["AUTH_ADMIN_PASSWORD"])
    tmux.press("Enter")
    tmux.sees("Overview", "● live", "READ-ONLY")
    tmux.press("3")
    tmux.sees("ci-deploy", "never used")
    assert is_accepted(alone, key)
    tmux.sees("● ci-deploy")
    tmux.press("x")
    tmux.sees("press R to arm")
    tmux.press("R")
    tmux.sees("ARMED")
    tmux.press("x")
    tmux.sees("programs that use it stop now")
    tmux.press("y")
    tmux.sees("✗")
    assert not is_accepted(alone, key)
    tmux.press("q")
    eventually(lambda: tmux.has_ended, SECONDS, lambda: tmux.text)


def test_a_signal_leaves_the_terminal_as_it_was(alone: Server, tmux: Tmux, tmp_path: Path) -> None:
    command = str(Path(sys.executable).with_name("everruns-auth"))
    tmux.start(
        f"sh -c 'echo $$ > shell; {command} dashboard; echo ended $?; cat'",
        home(tmp_path, alone.url),
    )
    tmux.sees("E-mail", "Password")
    shell = (tmp_path / "shell").read_text().strip()
    children = Path(f"/proc/{shell}/task/{shell}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGTERM)
    tmux.sees("ended 143")
    assert "E-mail" not in tmux.text
    tmux.write("seen")
    tmux.sees("seen")


def test_ctrl_z_stops_it_and_fg_brings_all_back(alone: Server, tmux: Tmux, tmp_path: Path) -> None:
    tmux.start("bash --norc -i", home(tmp_path, alone.url))
    tmux.write(f"{sys.executable} -m tui")
    tmux.press("Enter")
    tmux.sees("E-mail", "Password")
    tmux.write("ann@")
    tmux.press("C-z")
    tmux.sees("Stopped")
    assert "Password" not in tmux.text
    tmux.write("bg && sleep 1; echo the shell $((1 + 1)) lives")
    tmux.press("Enter")
    tmux.sees("the shell 2 lives")
    tmux.write("fg")
    tmux.press("Enter")
    tmux.sees("E-mail", "ann@", "Password")
    tmux.write("x")
    tmux.sees("ann@x")


def test_scripts_whose_output_cannot_be_written_are_told(alone: Server, tmp_path: Path) -> None:
    env = {**home(tmp_path, alone.url), "EVERRUNS_AUTH_API_KEY": new_key(alone)}
    ended = run("everruns-auth", "dashboard", "--once", "users", env=env, stdout=Path("/dev/full"))
    assert (ended.status, ended.stderr) == (1, "standard output: No space left on device\n")


def test_scripts_get_the_same_data(alone: Server, tmp_path: Path) -> None:
    key = new_key(alone)
    env = {**home(tmp_path, alone.url), "EVERRUNS_AUTH_API_KEY": key}
    ended = run("everruns-auth", "dashboard", "--once", "--json", "api-keys", env=env)
    assert (ended.status, ended.stderr) == (0, "")
    assert '"name": "ci-deploy"' in ended.stdout
    env["EVERRUNS_AUTH_API_KEY"] = "evr_" + "0" * 64
    ended = run("everruns-auth", "dashboard", "--once", "--json", "api-keys", env=env)
    assert (ended.status, ended.stdout) == (3, "")
    assert ended.stderr.startswith("Invalid API key; set EVERRUNS_AUTH_API_KEY")


def new_key(server: Server) -> str:
    """A key of the operator."""
    form = {
        "email": OPERATOR["AUTH_ADMIN_EMAIL"],
        "password": OPERATOR["AUTH_ADMIN_PASSWORD"],
    }
    with server.client() as http:
        token = http.post("/v1/auth/login", json=form).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        made = http.post("/v1/auth/api-keys", json={"name": "ci-deploy"}, headers=bearer)
        key: str = made.json()["key"]
        return key


def is_accepted(server: Server, key: str) -> bool:
    with server.client() as http:
        answer = http.get("/v1/auth/me", headers={"Authorization": f"Bearer {key}"})
        return answer.status_code == 200
