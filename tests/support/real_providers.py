"""Real providers in a process of their own, and a real browser; both where they are installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

CLIENT_ID = "everruns-auth-tests"
CLIENT_SECRET = "a secret of the tests: with + and %"
REQUIRED = "TEST_REQUIRES_OAUTH"
FOLDER = Path(__file__).parents[1] / "e2e" / "providers"
_STOP_SECONDS = 10


def require_node() -> str:
    """The path of node; skips, saying why, where it or the providers are not installed."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        _give_up("the providers are not installed (make providers)")
    assert node is not None
    return node


def require_chromium() -> str:
    """The path of Chromium; skips, saying why, where it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        _give_up("Chromium is not installed (make providers)")
    assert found is not None
    return found


def _give_up(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(reason)
    pytest.skip(reason)


@dataclass
class RealProviders:
    """Both providers, with a client that may be sent back to `base`."""

    base: str
    oidc: str = ""
    github: str = ""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [require_node(), str(FOLDER / "serve.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdin and self._process.stdout
        wish = {
            "clientId": CLIENT_ID,
            "clientSecret": CLIENT_SECRET,
            "oidc": f"{self.base}/v1/auth/callback/oidc",
            "github": f"{self.base}/v1/auth/callback/github",
        }
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        where = json.loads(self._process.stdout.readline())
        self.oidc, self.github = where["oidc"], where["github"]
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def variables(self) -> dict[str, str]:
        """What a server is told of them."""
        return {
            "AUTH_BASE_URL": self.base,
            "AUTH_OIDC_ISSUER": self.oidc,
            "AUTH_OIDC_CLIENT_ID": CLIENT_ID,
            "AUTH_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "AUTH_GITHUB_URL": self.github,
            "AUTH_GITHUB_API_URL": self.github,
            "AUTH_GITHUB_CLIENT_ID": CLIENT_ID,
            "AUTH_GITHUB_CLIENT_SECRET": CLIENT_SECRET,
        }
