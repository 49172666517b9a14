"""Reverse proxies as the files in deploy/ configure them, between a server and an application.

The files are used word for word, but for the addresses that they say are to be changed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.support.ports import free_port, listens
from tests.support.processes import eventually

DEPLOY = Path(__file__).parents[2] / "deploy"
HOST = "app.example.com"
REQUIRED = "TEST_REQUIRES_PROXIES"
_START_SECONDS = 20
_STOP_SECONDS = 10
_NGINX = """
daemon off;
pid {folder}/pid;
error_log stderr;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
_CADDY = "{{\n\tadmin off\n\tgrace_period 1s\n}}\n{site}"


def require(name: str) -> str:
    """The path of a proxy; skips, saying why, where it is not installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        reason = f"{name} is not installed (apt-get install {name})"
        if os.environ.get(REQUIRED):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class Application:
    """Answers every request with what it was sent, as JSON; speaks back over a WebSocket."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        application = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.headers.get("upgrade", "").lower() == "websocket":
                    self._speak_back()
                    return
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                told = {
                    "path": self.path,
                    "headers": [[name.lower(), value] for name, value in self.headers.items()],
                    "body": body.decode("latin-1"),
                }
                application.asked.append(told)
                self._answer(json.dumps(told).encode())

            do_POST = do_GET  # noqa: N815  (as the library has it)

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def _speak_back(self) -> None:
                """As much of RFC 6455 as a proxy looks at: it passes on whatever bytes come."""
                self.send_response(101)
                self.send_header("Upgrade", "websocket")
                self.send_header("Connection", "Upgrade")
                self.end_headers()
                self.wfile.write(self.connection.recv(64))
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def running(
    name: str, folder: Path, server_url: str, application: str, changes: Mapping[str, str]
) -> Iterator[str]:
    """The URL of a proxy of that name; `changes` are what an operator writes anew in its file."""
    port = free_port()
    file, own_port = {
        "nginx": ("nginx.conf", {"listen 80;": f"listen 127.0.0.1:{port};"}),
        "caddy": ("Caddyfile", {f"{HOST} {{": f"http://{HOST}:{port} {{"}),
    }[name]
    addresses = {"127.0.0.1:9300": urlsplit(server_url).netloc, "127.0.0.1:8000": application}
    site = (DEPLOY / file).read_text("utf-8")
    for written, instead in {**own_port, **addresses, **changes}.items():
        assert written in site, written
        site = site.replace(written, instead)
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            _command(name, folder, site),
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
        )
    try:
        eventually(
            lambda: process.poll() is not None or listens(port),
            _START_SECONDS,
            (folder / "stderr").read_text,
        )
        assert process.poll() is None, (folder / "stderr").read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(_STOP_SECONDS)


def _command(name: str, folder: Path, site: str) -> list[str]:
    file = folder / name
    if name == "caddy":
        file.write_text(_CADDY.format(site=site))
        return [require(name), "run", "--adapter", "caddyfile", "--config", str(file)]
    # Begun by root, its workers would be somebody who may not look into the folder.
    user = "user root;" if os.getuid() == 0 else ""
    file.write_text(_NGINX.format(folder=folder, site=site, user=user))
    return [require(name), "-e", "stderr", "-c", str(file)]


def client(url: str) -> httpx.Client:
    """A client that asks the proxy for the host that it serves, without a cookie jar of its own."""
    return httpx.Client(
        base_url=url, headers={"Host": HOST}, timeout=20, trust_env=False, verify=False
    )
