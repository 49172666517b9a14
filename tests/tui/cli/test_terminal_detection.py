"""Whether GNU screen is in between: told by the environment, or by the terminal when asked."""

from __future__ import annotations

import os
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cli import terminal_detection

GNU_SCREEN, TMUX, XTERM = b"\x1b[>83;40900;0c", b"\x1b[>84;0;0c", b"\x1b[>41;379;0c"


@pytest.fixture(autouse=True)
def _over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "screen-256color")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """What is at the other end of the terminal that is asked."""
    outer, inner = os.openpty()
    monkeypatch.setattr(terminal_detection, "TERMINAL", os.ttyname(inner))
    yield outer
    os.close(outer)
    os.close(inner)


@pytest.mark.parametrize(
    ("environment", "is_screen"),
    [({"STY": "1.pts-0.vm"}, True), ({"STY": "1.pts-0.vm", "TMUX": "/tmp/t"}, False)],
)
def test_the_environment_tells_on_the_same_machine(
    environment: dict[str, str], *, is_screen: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(terminal_detection, "TERMINAL", "/nowhere")
    assert terminal_detection.is_gnu_screen() is is_screen


@pytest.mark.parametrize(
    ("answers", "is_screen"),
    [(GNU_SCREEN, True), (TMUX, False), (XTERM, False), (b"x\x1b[A" + GNU_SCREEN, True)],
)
def test_the_terminal_is_asked_over_ssh(terminal: int, answers: bytes, *, is_screen: bool) -> None:
    asked: list[bytes] = []

    def answer() -> None:
        asked.append(os.read(terminal, 64))
        # In two pieces, as a slow line may bring it.
        os.write(terminal, answers[:4])
        os.write(terminal, answers[4:])

    other_end = threading.Thread(target=answer)
    other_end.start()
    assert terminal_detection.is_gnu_screen() is is_screen
    other_end.join()
    assert asked == [terminal_detection.ASK]


def test_a_terminal_that_says_nothing_is_not_waited_for(
    terminal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal_detection, "PATIENCE_SECONDS", 0.05)
    before = termios.tcgetattr(terminal)
    assert not terminal_detection.is_gnu_screen()
    assert termios.tcgetattr(terminal) == before


def test_a_terminal_that_goes_away_meanwhile_is_none(
    terminal: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hang_up(*_: object) -> None:
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr(termios, "tcsetattr", hang_up)
    monkeypatch.setattr(terminal_detection, "PATIENCE_SECONDS", 0.05)
    assert not terminal_detection.is_gnu_screen()


def test_other_terminals_are_not_asked(terminal: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(terminal_detection, "_kind", pytest.fail)
    assert not terminal_detection.is_gnu_screen()


def test_without_a_terminal_there_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(terminal_detection, "TERMINAL", str(tmp_path / "none"))
    assert not terminal_detection.is_gnu_screen()


@pytest.mark.parametrize(
    ("name", "is_refused"),
    [
        *((name, True) for name in ("", "unknown", "dumb", "vt52")),
        *((name, False) for name in ("xterm-256color", "linux", "vt100", "nobody-knows-it")),
    ],
)
def test_a_terminal_without_a_cursor_to_move_is_refused(name: str, *, is_refused: bool) -> None:
    # In a process of its own: curses takes the first name for good.
    code = "from tui.cli.terminal_detection import why_unusable; print(why_unusable())"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "TERM": name},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("TERM" in ended.stdout) == is_refused
