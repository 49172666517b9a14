"""Owns how a command answers: lines for people, or one JSON value for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """Prints on standard output; words about trouble go to standard error elsewhere."""

    is_json: bool

    def show(self, facts: Mapping[str, object], words: Sequence[str]) -> None:
        """One answer, as `facts` or as `words`."""
        print(json.dumps(facts) if self.is_json else "\n".join(words))

    def table(self, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
        """Many rows; people see `columns`, programs see everything."""
        if self.is_json:
            print(json.dumps(rows))
            return
        texts = [[_text(row[column]) for column in columns] for row in rows]
        lines = [[column.replace("_", " ") for column in columns], *texts]
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
        for line in lines:
            print("  ".join(f"{t:<{w}}" for t, w in zip(line, widths, strict=True)).rstrip())


def _text(value: object) -> str:
    if value is None:
        return "-"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
