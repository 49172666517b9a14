"""`python -m benchmarks [NAME …]`: every measurement, or those named."""

from __future__ import annotations

import sys

from benchmarks import checks, dashboard, growth, lists, memory, revocation, sign_ins, startup

MEASUREMENTS = {
    "startup": startup.main,
    "sign-ins": sign_ins.main,
    "checks": checks.main,
    "revocation": revocation.main,
    "growth": growth.main,
    "lists": lists.main,
    "dashboard": dashboard.main,
    "memory": memory.main,
}


def main(names: list[str]) -> None:
    """Run the measurements in order."""
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}")
    for name in names or MEASUREMENTS:
        print(f"== {name}", flush=True)
        MEASUREMENTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
