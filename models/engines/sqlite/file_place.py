"""The reasons why a SQLite database cannot be at a path, found before SQLite is asked.

SQLite's own message for all of them is `unable to open database file`.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

# The longest name beside the file: `NAME.before-migration-journal`.
_ROOM_FOR_SUFFIX = 25
# Characters of a path in a message, which is one line.
_SHOWN = 300


def objection_to_place(path: Path) -> str | None:
    """The reason why no database can be at `path`; None where one is, or can be created."""
    path = path.absolute()
    folder = path.parent
    try:
        if not folder.is_dir():
            # Its own words, where it cannot even be looked at.
            folder.stat()
            return f"the folder {folder} does not exist; create it or name another file"
        mode = _mode_of(path)
        room = os.pathconf(folder, "PC_NAME_MAX") - len(os.fsencode(path.name))
    except OSError as error:
        return _words(path, error)
    if room < _ROOM_FOR_SUFFIX:
        return (
            f"{_short(path)} has too long a name; {_ROOM_FOR_SUFFIX} bytes must be left for the "
            "files beside it"
        )
    return _objection_to_link(path) if mode is None else _objection_to_file(path, mode)


def _objection_to_file(path: Path, mode: int) -> str | None:
    if stat.S_ISDIR(mode):
        return f"{path} is a folder; name a file in it"
    return None if stat.S_ISREG(mode) else f"{path} is no regular file; name another one"


def _objection_to_link(path: Path) -> str | None:
    """The reason why a link leads nowhere: SQLite creates its target, but not the folder."""
    if path.is_symlink() and not path.resolve().parent.is_dir():
        return f"{path} is a link into a folder that does not exist; name another file"
    return None


def objection_to_writing(path: Path) -> str | None:
    """The reason why this user cannot write a database at `path`, where one can be."""
    path = path.absolute()
    for target in (path, path.parent) if path.exists() else (path.parent,):
        rights = os.R_OK | os.W_OK | (os.X_OK if target == path.parent else 0)
        if not os.access(target, rights):
            return (
                f"{target} cannot be written by this user; change its permissions "
                "or name another file"
            )
    return None


def _mode_of(path: Path) -> int | None:
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _words(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"the folder {_short(path.parent)} does not exist; create it or name another file"
    if error.errno == errno.EACCES:
        return (
            f"{_short(path)} cannot be reached by this user; change the permissions of its folders "
            "or name another file"
        )
    return f"{_short(path)} cannot be opened ({error.strerror}); name another file"


def _short(path: Path) -> str:
    """One line, whatever was set."""
    text = str(path)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}…{text[-_SHOWN // 2 :]}"
