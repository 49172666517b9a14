"""Owns the question whether a path still leads to the SQLite file that was opened.

A file that was removed lives on for those who have it open: they would go on writing to what
nobody will ever read again, and a revocation would be lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from models.engines.sqlite.trouble import FileReplaced


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """Device and inode of the file that `path` led to."""

    path: Path
    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self | None:
        """That of the file at `path`; None where there is none to see."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(path, found.st_dev, found.st_ino)

    def check(self) -> None:
        """Come back if the file is still there; costs one system call, about 1 µs.

        Raises:
            FileReplaced: another is in its place, or none.
        """
        if FileIdentity.of(self.path) != self:
            raise FileReplaced(self.path)
