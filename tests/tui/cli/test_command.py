"""The command line: what goes together, what the environment adds, and how it ends."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tui.cli import command
from tui.cli.command import app
from tui.http.auth import Tokens
from tui.session import paths
from tui.session.private_files import write_private
from tui.session.target import Target
from tui.session.token_store import TokenStore


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    proxies = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
    for name in (command.URL, command.API_KEY, *proxies, *map(str.lower, proxies)):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Target]:
    """Where the dashboard would have gone, instead of a terminal that tests do not have."""
    places: list[Target] = []

    def go(target: Target, _: object, *, is_read_only: bool) -> int:
        places.append(target)
        return 0

    monkeypatch.setattr(command, "_open", go)
    monkeypatch.setattr(command, "_has_terminal", lambda: True)
    return places


def run(*arguments: str) -> tuple[int, str]:
    """The exit status and what was said on standard error."""
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.stderr


def test_the_url_comes_from_the_option_the_environment_or_the_default(
    opened: list[Target], monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setenv(command.URL, "https://from.example/api/")
    monkeypatch.setenv(command.API_KEY, "evr_1")
    run()
    run("--url", "http://given.example/api", "--read-only")
    assert [target.url for target in opened] == [
        "http://localhost:9300/api",
        "https://from.example/api",
        "http://given.example/api",
    ]
    assert opened[0].api_key is None
    assert opened[1].api_key == "evr_1"
    assert opened[2].lock == "it was started with --read-only"
    assert "evr_1" not in repr(opened[1])


def test_a_context_brings_its_url_its_colour_and_its_lock(opened: list[Target]) -> None:
    text = '[prod]\nurl = "https://auth.example.com/api"\ncolour = "red"\nread_only = true\n'
    write_private(paths.contexts_file(), text)
    run("--context", "prod")
    assert opened == [
        Target("https://auth.example.com/api", "prod", "red", "the context prod allows no changes")
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--url", "http://x", "--context", "y"), "--url or --context, not both"),
        (("--url", "x"), "--url: a URL begins with http"),
        (("--context", "prod"), "there is no"),
        (("--once",), "--once prints one of: users, api-keys, sessions, audit, overview"),
        (("--once", "cats"), "--once prints one of"),
        (("users",), "go with --once"),
        (("--json",), "go with --once"),
        (("--filter", "ann"), "go with --once"),
        (("--once", "--serve", "users"), "--logout, --once or --serve, one of them"),
        (("logout", "--json"), "go with --once"),
        (("--serve-port", "9301"), "--serve-port goes with --serve"),
        ((), "the dashboard needs a terminal; --once SUBJECT prints what it shows"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], words: str) -> None:
    status, said = run(*arguments)
    assert status == 2
    assert words in said


@pytest.mark.parametrize("mode", [(), ("--once", "users"), ("--serve",), ("logout",)])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks://proxy:1080"),
        ("HTTPS_PROXY", "http://proxy:abc"),
        ("NO_PROXY", "localhost,fd00::/999"),
        ("SSL_CERT_FILE", "/nowhere/authorities.pem"),
    ],
)
def test_a_variable_that_cannot_be_used_is_one_line_in_every_mode(
    mode: tuple[str, ...],
    name: str,
    value: str,
    opened: list[Target],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(name, value)
    status, said = run(*mode)
    assert status == 2
    assert said.startswith(f"{name}: ") and said.count("\n") == 1
    assert not opened


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
def test_this_machine_is_asked_directly(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    _, said = run("--url", "http://127.0.0.1:9", "--once", "users")
    assert said == "no server answers at http://127.0.0.1:9: connection refused\n"


def test_a_proxy_that_does_not_answer_is_named_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://ann:secret@127.0.0.1:1")
    _, said = run("--url", "http://auth.example.com/api", "--once", "users")
    assert said == (
        "no server answers at http://auth.example.com/api (by the proxy of HTTP_PROXY): "
        "connection refused\n"
    )


@pytest.mark.parametrize("name", ["HTTP_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_a_key_does_not_go_to_another_machine_over_plain_http(
    name: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(command.API_KEY, "evr_1")
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    url = ("--url", "http://auth.example.com/api", "--once", "users", *arguments)
    status, said = run(*url)
    assert status == 2
    assert "plain http to auth.example.com" in said and "--insecure" in said
    status, said = run(*url, "--insecure")
    assert status == 1
    assert "no server answers" in said


def test_no_server_is_one_line_and_a_status() -> None:
    status, said = run("--url", "http://127.0.0.1:9", "--once", "--json", "users")
    assert status == 1
    assert said == "no server answers at http://127.0.0.1:9: connection refused\n"


@pytest.mark.parametrize("arguments", [("logout",), ("--logout",)])
def test_logout_forgets_what_was_kept(arguments: tuple[str, ...]) -> None:
    token_store = TokenStore(paths.tokens_folder(), "http://127.0.0.1:9")
    token_store.keep(Tokens("a", "r", 0.0))
    status, said = run("--url", "http://127.0.0.1:9", *arguments)
    assert status == 0
    assert "forgot the tokens" in said and "still open: no server answers" in said
    assert token_store.kept() is None
    assert "nothing was kept" in run("--url", "http://127.0.0.1:9", *arguments)[1]


def test_serving_never_loads_the_dashboard() -> None:
    program = "import api.app, api.cli.auth, api.server.start, sys; print([*sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert not {"tui", "textual", "aiohttp"} & set(ast.literal_eval(loaded))


@pytest.mark.parametrize("key", ["evr_1\u200b", "evr_1 2", "evr_1\n2", "Bearer"])
def test_what_cannot_be_a_key_is_refused_and_not_repeated(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(command.API_KEY, key)
    status, words = run()
    assert status == 2
    assert "EVERRUNS_AUTH_API_KEY: no API key" in words
    assert key not in words


@pytest.mark.parametrize("is_in_screen", [True, False])
def test_there_is_no_mouse_in_screen_which_would_hold_escape_back(
    *, is_in_screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr("tui.cli.command.is_gnu_screen", lambda: is_in_screen)
    monkeypatch.setattr("tui.app.Dashboard.run", lambda _, *, mouse: asked.append(mouse))
    command._open(Target(), {}, is_read_only=False)
    assert asked == [not is_in_screen]
