"""`python -m tui`: the dashboard without the server's command line."""

from __future__ import annotations

from tui.cli.command import run

if __name__ == "__main__":
    run()
