"""The console scripts: they obey Ctrl-C before anything large is imported.

Python's own handlers would print a traceback out of the middle of an import, or of a print that the
output or the locale's encoding refuses.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import NoReturn

# Errors of a print: a full disk, and a closed pipe.
_UNWRITABLE = (errno.ENOSPC, errno.EPIPE)


@contextmanager
def _printing() -> Iterator[None]:
    """Replaces characters that cannot be printed, and ends with one line if nothing can."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            _flush()
    except OSError as wrong:
        if wrong.errno not in _UNWRITABLE or wrong.filename:
            raise
        _end(wrong)


def _flush() -> None:
    """Flushes now, because at exit Python would print a traceback."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _end(wrong: OSError) -> NoReturn:
    # To the null device, because Python flushes again at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(wrong, BrokenPipeError):
        sys.exit(0)
    sys.stderr.write(f"standard output: {wrong.strerror}\n")
    sys.exit(1)


def auth() -> None:
    """Runs `everruns-auth`; once it serves, the supervisor obeys the signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.auth import run  # noqa: PLC0415  (after the line above, on purpose)

    with _printing():
        run()


def admin() -> None:
    """Runs `everruns-admin`; Ctrl-C at a prompt raises KeyboardInterrupt."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.admin import run  # noqa: PLC0415  (after the line above, on purpose)

    # Python's handler, because a password prompt must restore the terminal's echo.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _printing():
        run()
