"""How long from the command to the first healthy answer, with one worker on SQLite."""

from __future__ import annotations

from statistics import median

from benchmarks.servers import server

ROUNDS = 5


def main() -> None:
    """Print the median of a few starts on a new database, and the goal."""
    times = []
    for _ in range(ROUNDS):
        with server() as running:
            times.append(running.seconds_to_health)
    shown = ", ".join(f"{seconds:.2f}" for seconds in times)
    print(
        f"start to first healthy answer: median {median(times):.2f} s of {shown} (goal: under 2 s)"
    )
