"""Points in time in words: "3 s ago", "in 12 d".

Reads no clock: now is an argument.
"""

from __future__ import annotations

from datetime import datetime, timedelta

# What always has a time, and one that cannot be read.
UNKNOWN = "unknown"
_UNITS = (("y", 365 * 86_400), ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def span(seconds: float) -> str:
    """A duration in its largest unit, rounded down: `4 min`."""
    whole = max(0, int(seconds))
    for unit, size in _UNITS:
        if whole >= size:
            return f"{whole // size} {unit}"
    return "0 s"


def since(then: datetime | None, now: datetime, *, never: str = "never") -> str:
    """How long ago; clocks that disagree give `0 s ago`, not the future."""
    return never if then is None else f"{span((now - then).total_seconds())} ago"


def until(then: datetime | None, now: datetime, *, never: str = "never") -> str:
    """How far ahead, or how long past: `in 12 d`, `3 d ago`."""
    if then is None:
        return never
    left = (then - now).total_seconds()
    return f"in {span(left)}" if left > 0 else since(then, now)


def signed(difference: timedelta) -> str:
    """A difference of clocks in its largest unit: `+3m`, `-2h`; measured to half a second."""
    seconds = difference.total_seconds()
    short = span(abs(seconds) + 0.5).replace("min", "m").replace(" ", "")
    return f"{'-' if seconds < 0 else '+'}{short}"


def exact(then: datetime) -> str:
    """The time itself, in UTC, to the second."""
    return then.strftime("%Y-%m-%d %H:%M:%S UTC")
