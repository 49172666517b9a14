"""The identity of the opened SQLite file, and whether its path still leads to it.

A removed file lives on for those who have it open: they would write to a file that nobody reads
again, and a revocation would be lost.
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
        """The identity of the file at `path`; None without one."""
        try:
            found = path.stat()
        except OSError:
            return None
        return cls(path, found.st_dev, found.st_ino)

    def check(self) -> None:
        """Returns if the file is still there; costs one system call, about 1 µs.

        Raises:
            FileReplaced: another is in its place, or none.
        """
        if FileIdentity.of(self.path) != self:
            raise FileReplaced(self.path)
