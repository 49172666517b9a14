"""Files that only their owner may read: written whole or not at all, refused when too open.

Knows nothing of what is in them.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

OWNER_ONLY = 0o600
FOLDER_OWNER_ONLY = 0o700
_OTHERS = 0o077


class TooOpen(Exception):
    """Others than the owner may read the file."""


def read_private(file: Path) -> str:
    """The file's text.

    Raises:
        TooOpen: it is somebody else's, or somebody else may read or write it; the words say how to
            put that right.
        FileNotFoundError: there is none.
    """
    with file.open(encoding="utf-8") as opened:
        status = os.fstat(opened.fileno())
        if status.st_mode & _OTHERS or status.st_uid != os.getuid():
            mode = stat.S_IMODE(status.st_mode)
            raise TooOpen(
                f"{file} can be read by others (mode {mode:o}); make it yours alone: "
                f"chmod 600 {file}"
            )
        return opened.read()


def write_private(file: Path, text: str) -> None:
    """Put `text` there for the owner alone; readers see the old text or the new, never a part."""
    file.parent.mkdir(mode=FOLDER_OWNER_ONLY, parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
