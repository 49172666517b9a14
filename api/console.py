"""Where the console scripts begin: light, so that Ctrl-C is obeyed before anything large is loaded.

Python's own way is a traceback out of the middle of an import; and another one where what is printed
cannot be written, or not in the locale's encoding.
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

# A full disk, and a reader who has enough.
_UNWRITABLE = (errno.ENOSPC, errno.EPIPE)


@contextmanager
def _printing() -> Iterator[None]:
    """Inside the block, what cannot be printed is replaced or said in one line."""
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
    """Python would do it later, and complain."""
    if sys.stdout is not None:
        sys.stdout.flush()


def _end(wrong: OSError) -> NoReturn:
    # Else Python would try once more.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(wrong, BrokenPipeError):
        sys.exit(0)
    sys.stderr.write(f"standard output: {wrong.strerror}\n")
    sys.exit(1)


def auth() -> None:
    """`everruns-auth`. Once it serves, the supervisor obeys the signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.auth import run  # noqa: PLC0415  (after the line above, on purpose)

    with _printing():
        run()


def admin() -> None:
    """`everruns-admin`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.admin import run  # noqa: PLC0415  (after the line above, on purpose)

    # A prompt for a password must put the terminal's echo back.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with _printing():
        run()
