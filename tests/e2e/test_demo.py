"""`everruns-auth demo`: believable, alive, and gone without a trace."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.support.processes import environment, eventually, script

pytestmark = pytest.mark.slow

# Bounds only.
START_SECONDS = 40.0
STOP_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that runs, with whatever it leaves in its temporary folder."""

    process: subprocess.Popen[bytes]
    folder: Path
    temporary: Path

    @property
    def said(self) -> str:
        return self.folder.joinpath("said").read_text()

    @property
    def files(self) -> list[Path]:
        return list(self.temporary.iterdir())

    def client(self) -> httpx.Client:
        """A client that is signed in as the operator, as the demo says how."""
        url, email, password = self.way_in()
        form = {"email": email, "password": password}
        token = httpx.post(f"{url}/v1/auth/login", json=form).json()["access_token"]
        return httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"})

    def way_in(self) -> tuple[str, ...]:
        eventually(lambda: "Ctrl-C" in self.said, START_SECONDS, lambda: self.said)
        found = re.search(r"(http\S+)  \(sign in as (\S+), password (\S+)\)", self.said)
        assert found is not None, self.said
        return found.groups()

    def processes(self) -> list[str]:
        """The command lines of what the demo started, found by its temporary folder."""
        mark = f"TMPDIR={self.temporary}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdecimal():
                continue
            try:
                if mark in entry.joinpath("environ").read_bytes().split(b"\0"):
                    found.append(entry.joinpath("cmdline").read_text())
            except OSError:
                continue
        return found


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    # What the user has set for a server of their own is none of the demo's business.
    env = environment("postgresql://nobody@127.0.0.1:1/nothing", AUTH_MODE="typo")
    # Short: sockets are made in it, whose paths may have a hundred characters.
    temporary = Path(tempfile.mkdtemp(dir="/tmp"))
    with tmp_path.joinpath("said").open("w") as said:
        process = subprocess.Popen(
            [script("everruns-auth"), "demo", "--no-dashboard"],
            env={**env, "TMPDIR": str(temporary)},
            cwd=tmp_path,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield Demo(process, tmp_path, temporary)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(STOP_SECONDS)
        temporary.rmdir()


def test_a_demo_shows_hundreds_of_people_whose_keys_are_being_used(demo: Demo) -> None:
    with demo.client() as http:
        counts = http.get("/v1/admin/overview").json()
        assert counts["users"]["total"] > 300
        assert min(counts["api_keys"].values()) > 0
        assert sum(minute["success"] for minute in counts["sign_ins"]) > 100
        with http.stream("GET", "/v1/admin/stream") as stream:
            assert "event: key_used" in stream.iter_lines()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demo_leaves_nothing_behind(demo: Demo, number: signal.Signals) -> None:
    demo.way_in()
    assert demo.files
    demo.process.send_signal(number)
    demo.process.wait(STOP_SECONDS)
    assert demo.files == []
    assert demo.processes() == []
    # Nothing in the folder that it was started in, either.
    assert {path.name for path in demo.folder.iterdir()} == {"said"}
