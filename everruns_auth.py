"""Where the commands begin: under a name that no other project has, unlike `api`.

Whose `api` Python finds is settled before anything of it runs.
"""

from __future__ import annotations

from pathlib import Path
from runpy import run_path


def auth() -> None:
    """`everruns-auth`."""
    _refuse_strangers()
    from api.console import auth as run  # noqa: PLC0415  (once it is ours)

    run()


def admin() -> None:
    """`everruns-admin`."""
    _refuse_strangers()
    from api.console import admin as run  # noqa: PLC0415  (once it is ours)

    run()


def _refuse_strangers() -> None:
    # By its path: an import would run whatever is called `api`.
    run_path(str(Path(__file__).with_name("api") / "own_packages.py"))["refuse_strangers"]()
