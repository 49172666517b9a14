"""`make wheel` tries what it built: installed into a clean environment, away from the checkout.

Runs without pytest and needs nothing but Python, so that it works on a fresh clone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.request
import venv
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

CHECKOUT = Path(__file__).parents[2]
PACKAGES = ("api", "migrations", "models", "tui")
# A bound only: the first start also compiles every module.
START_SECONDS = 60.0
STOP_SECONDS = 25.0


def check_files(wheel: Path) -> None:
    """Every file of the packages is in the wheel, and nothing beside them."""
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name
            for name in archive.namelist()
            if ".dist-info/" not in name and ".data/scripts/" not in name
        }
    found = {
        str(path.relative_to(CHECKOUT))
        for package in PACKAGES
        for path in CHECKOUT.joinpath(package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    if packed != found:
        sys.exit(f"missing in the wheel: {found - packed}; not ours: {packed - found}")


class Installation:
    """The wheel in a virtual environment of its own, run in a folder where nothing else is."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self._scripts, self._folder = folder / "venv" / "bin", folder / "elsewhere"
        self._folder.mkdir()
        venv.create(folder / "venv", with_pip=True)
        pip = [str(self._scripts / "pip"), "install", "--quiet", str(wheel.resolve())]
        subprocess.run(pip, check=True, cwd=self._folder, stdin=subprocess.DEVNULL)

    def run(self, script: str, *arguments: str) -> str:
        """What a command prints; it must end well."""
        print("+", script, *arguments, flush=True)
        return subprocess.run(
            [self._scripts / script, *arguments],
            check=True,
            cwd=self._folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout

    def serve(self) -> None:
        """Serve to the first healthy answer, and stop."""
        print("+ everruns-auth serve", flush=True)
        log = self._folder / "server.log"
        with log.open("w") as written:
            process = subprocess.Popen(
                [self._scripts / "everruns-auth", "serve", "--port", "0"],
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stderr=written,
            )
        try:
            answer = _first_answer(process, log)
        finally:
            process.terminate()
            status = process.wait(STOP_SECONDS)
        print(answer)
        if status:
            sys.exit(f"the server ended with {status}:\n{log.read_text()}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "AUTH_MODE": "none"}


def _first_answer(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
        listening = re.search(r"listens on (http://\S+)", log.read_text())
        if listening is None:
            continue
        try:
            with urllib.request.urlopen(f"{listening[1]}/health", timeout=10) as answer:
                return str(answer.read().decode())
        except OSError:
            continue
    sys.exit(f"the server did not answer:\n{log.read_text()}")


def main(wheel: Path) -> None:
    """Install and try `wheel`; the process fails with the first thing that does not work."""
    check_files(wheel)
    with TemporaryDirectory(prefix="everruns-auth-wheel-") as name:
        installed = Installation(wheel, Path(name))
        installed.run("everruns-auth", "config")
        installed.serve()
        # After the server has migrated the database: else the status is 3.
        installed.run("everruns-admin", "migrate-info")
        installed.run("everruns-auth", "dashboard", "--help")
    print(f"{wheel} works")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
