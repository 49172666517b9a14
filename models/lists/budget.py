"""The bounds on how much of the database one page may read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Budget:
    """The bounds of one page: numbers of rows, and seconds. Measured with a million users.

    A candidate is a row of a candidate set; a scanned row is one of the sort's index. A few thousand
    candidates are sorted in some milliseconds, ten thousand in some tens of them.
    """

    # Candidates that are sorted in the time of a first batch, where they are known to be few.
    few_candidates: int = 1_500
    # Candidates that are always sorted; above the second number they never are.
    always_sorted: int = 3_000
    most_sorted: int = 15_000
    # Scanned rows of the first batch, where each row has to be looked up to be judged.
    first_batch: int = 500
    # Scanned rows of the first batch where the index judges, and of a second one that fills the page.
    near_batch: int = 3_000
    # Scanned rows of each batch after that.
    further_batch: int = 2_000
    # As many candidates are sorted in the time in which one row is scanned.
    sorted_per_scanned: int = 2
    # Time from the beginning after which no further batch is begun.
    seconds: float = 0.04
