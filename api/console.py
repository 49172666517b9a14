"""Where the console scripts begin: light, so that Ctrl-C is obeyed before anything large is loaded.

Python's own way is a traceback out of the middle of an import.
"""

from __future__ import annotations

import signal


def auth() -> None:
    """`everruns-auth`. Once it serves, the supervisor obeys the signals."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.auth import run  # noqa: PLC0415  (after the line above, on purpose)

    run()


def admin() -> None:
    """`everruns-admin`."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api.cli.admin import run  # noqa: PLC0415  (after the line above, on purpose)

    # A prompt for a password must put the terminal's echo back.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
