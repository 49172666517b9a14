"""The value in which the engines tell of trouble, with a driver's words made one line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Kind = Literal["silent", "read-only", "full", "locked", "replaced"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """`code` is the engine's own, `words` one line without values of rows."""

    kind: Kind
    code: str
    words: str

    @classmethod
    def of(cls, error: BaseException, code: str, kind: Kind = "silent") -> Self:
        """The trouble that a driver's error tells of; its code stands in the words."""
        words = first_line(error)
        return cls(kind, code, words if code in words else f"{words} ({code})")


def first_line(error: BaseException) -> str:
    """The words of a driver, without the values that PostgreSQL adds on further lines."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
