"""The output of a command: lines for people, or one JSON value for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Output:
    """Prints results on standard output; errors go to standard error elsewhere."""

    is_json: bool

    def show(self, facts: Mapping[str, object], words: Sequence[str]) -> None:
        """Prints one result: `facts` as JSON, or the lines `words`."""
        print(json.dumps(facts) if self.is_json else "\n".join(words))

    def table(self, rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> None:
        """Prints rows: `columns` as a table for people, every field as JSON for programs."""
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
