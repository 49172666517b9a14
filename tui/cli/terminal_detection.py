"""The abilities of the terminal, asked before anything is drawn.

Knows nothing of what follows from it.
"""

from __future__ import annotations

import curses
import os
import re
import select
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager

TERMINAL, STANDARD_ERROR = "/dev/tty", 2
# "Secondary device attributes" (DEC, as in xterm's control sequences): whoever is asked says what it
# is. GNU screen is 83, tmux 84, by the first letters of their names.
ASK, ANSWER = b"\x1b[>c", re.compile(rb"\x1b\[>([\d;]*)c")
GNU_SCREEN = b"83"
# Long enough for a slow line; what answers at all answers at once.
PATIENCE_SECONDS = 1.0


def why_unusable() -> str:
    """Why nothing can be drawn on the terminal; empty where it can. One that nobody knows is tried."""
    name = os.environ.get("TERM", "")
    if name in ("", "unknown"):
        return "TERM says of no terminal what it is"
    try:
        curses.setupterm(name, STANDARD_ERROR)
    except curses.error:
        return ""
    moves_cursor = curses.tigetstr("cup") or b""
    is_drawn_on = moves_cursor.startswith(b"\x1b[")
    return "" if is_drawn_on else f"TERM={name}: nothing can be drawn on such a terminal"


def is_gnu_screen() -> bool:
    """Whether what is drawn goes through GNU screen. Asks the terminal where nothing else tells."""
    if "TMUX" in os.environ:
        return False
    if "STY" in os.environ:
        return True
    # Over SSH neither is handed on, and by this name goes tmux too.
    if not os.environ.get("TERM", "").startswith("screen"):
        return False
    try:
        return _asked() == GNU_SCREEN
    except (OSError, termios.error):
        return False


def _asked() -> bytes:
    terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY)
    try:
        return _kind(terminal)
    finally:
        os.close(terminal)


def _kind(terminal: int) -> bytes:
    """The first of the numbers by which the terminal says what it is; nothing if it does not say."""
    with _unbuffered(terminal):
        os.write(terminal, ASK)
        said, deadline = b"", time.monotonic() + PATIENCE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            if select.select([terminal], [], [], left)[0]:
                said += os.read(terminal, 64)
            if answer := ANSWER.search(said):
                return answer[1].partition(b";")[0]
    return b""


@contextmanager
def _unbuffered(terminal: int) -> Iterator[None]:
    """Neither echo what comes nor wait for the end of a line."""
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSANOW)
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)
