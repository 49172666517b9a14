"""Checks that Python finds our packages, and no others of the same common names.

It is also run by its path, before `api` is imported, so it imports nothing of ours.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

NAMES = ("api", "migrations", "models", "tui")
# The folder is resolved and not the file: some installers make each file a link into a cache.
_ROOT = Path(__file__).parents[1].resolve()
_ADVICE = (
    "install Everruns Auth with pipx or into a virtual environment of its own, and take other "
    "projects off PYTHONPATH"
)


def refuse_strangers() -> None:
    """End the process with one line if a package is not ours, or is another project's as well.

    Nothing of the package is run to find out.
    """
    for name in NAMES:
        place = _place(name)
        if place is None:
            sys.exit(f"{name}: this package of Everruns Auth is missing; install it anew")
        if place.parent.resolve() != _ROOT:
            sys.exit(f"{name}: {place} is not a part of Everruns Auth; {_ADVICE}")
    for record in _ROOT.glob("*.dist-info/RECORD"):
        owner, claimed = record.parent.name.removesuffix(".dist-info"), _claimed(record)
        if claimed and not owner.startswith("everruns_auth-"):
            sys.exit(
                f"{claimed}: {owner} has installed files into {_ROOT / claimed} too; {_ADVICE}"
            )


def _place(name: str) -> Path | None:
    """The folder or file that an import of `name` would run; None if there is none."""
    spec = find_spec(name)
    if spec is None:
        return None
    # A folder without `__init__.py` has no origin, and several may have one name.
    places = [*(spec.submodule_search_locations or ()), spec.origin or ""]
    return Path(places[0])


def _claimed(record: Path) -> str | None:
    """Which of the packages an installed distribution has files in (PyPA, recorded projects)."""
    lines = b"\n" + record.read_bytes()
    return next((name for name in NAMES if f"\n{name}/".encode() in lines), None)
