"""The export of a list: every page of it, into a file that is whole or not there.

Knows nothing of widgets. Rows are written as the server gave them.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tui.http.client import Client
from tui.lists.listing import Listing
from tui.text import REPLACEMENT

FORMATS = ("csv", "jsonl")
PRIVATE = 0o600

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001
# Controls, and what some take for the end of a line. A terminal obeys them, when it shows the file.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

# What file systems without hard links say: FAT, and some over the network.
_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS})

Record = Mapping[str, Any]


class CannotExport(Exception):
    """The file cannot be written there; the words say why."""


@dataclass(frozen=True, slots=True)
class Order:
    """The list to export, and the file."""

    listing: Listing[Any]
    parameters: Mapping[str, str]
    file: Path

    @property
    def format(self) -> str:
        """By the file's ending.

        Raises:
            CannotExport: the ending is none of ours.
        """
        ending = self.file.suffix.lower().lstrip(".")
        if ending not in FORMATS:
            raise CannotExport(f"{self.file.name} ends neither in .csv nor in .jsonl")
        return ending

    def check(self) -> None:
        """Whether the file can be made, as far as one can know before it is.

        Raises:
            CannotExport: it cannot.
        """
        _ = self.format
        try:
            with _refusals(self.file):
                # Where there is something, or nothing can be, the system says so.
                self.file.parent.stat()
                if not self.file.parent.is_dir():
                    raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
                if self.file.exists():
                    raise FileExistsError
        except ValueError:
            raise CannotExport("that is no name of a file") from None


def file_of(typed: str) -> Path:
    """The file that an operator typed.

    Raises:
        CannotExport: it begins with the home of nobody here.
    """
    try:
        return Path(typed.strip()).expanduser()
    except RuntimeError:
        raise CannotExport(f"{typed.strip()}: there is no such home") from None


async def export(client: Client, order: Order, progress: Callable[[int], None]) -> int:
    """Write the whole list; tells how many rows it has. Cancelled or failed, it leaves nothing.

    Raises:
        CannotExport: there is a file of that name, or none can be made there.
        Trouble: the server.
    """
    order.check()
    form = order.format
    beside = order.file.with_name(f".{order.file.name}.{secrets.token_hex(4)}.part")
    with _refusals(order.file):
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as opened:
                count = await _write(client, order, opened, form, progress)
            _put(beside, order.file)
        finally:
            # Where it could not be made, it cannot be removed either.
            with suppress(OSError):
                beside.unlink()
    return count


@contextmanager
def _refusals(file: Path) -> Iterator[None]:
    """Inside the block, what the system says against the file is a `CannotExport`."""
    try:
        yield
    except FileExistsError:
        raise CannotExport(f"{file} is there already") from None
    except OSError as refused:
        raise CannotExport(f"{file}: {refused.strerror or refused}") from None


def _put(beside: Path, file: Path) -> None:
    """Give the whole file its name.

    A link, unlike a rename, never replaces a file that has come meanwhile. Where the file system
    has no links the name is taken first.
    """
    try:
        os.link(beside, file)
    except OSError as refused:
        if refused.errno not in _NO_LINKS:
            raise
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        beside.replace(file)


async def _write(
    client: Client, order: Order, opened: TextIO, form: str, progress: Callable[[int], None]
) -> int:
    count = 0
    columns: list[str] = []
    listing = order.listing
    async for page in client.records(listing.row, listing.path, order.parameters):
        if form == "csv" and not count:
            columns = list(page[0] if page else listing.row.model_fields)
            opened.write(csv_line(columns))
        opened.writelines(
            _csv(record, columns) if form == "csv" else json.dumps(record) + "\n" for record in page
        )
        count += len(page)
        progress(count)
    return count


def _csv(record: Record, columns: Sequence[str]) -> str:
    return csv_line([record.get(column) for column in columns])


def csv_line(values: Sequence[object]) -> str:
    """One line of CSV (RFC 4180)."""
    line = io.StringIO()
    csv.writer(line).writerow([_cell(value) for value in values])
    return line.getvalue()


def _cell(value: object) -> str:
    """A value as a spreadsheet should show it, and never run it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        return _defused(" ".join(value))
    if isinstance(value, dict | list):
        return _defused(json.dumps(value))
    return str(value) if isinstance(value, int | float) else _defused(str(value))


def _defused(text: str) -> str:
    text = _CONTROL.sub(REPLACEMENT, text)
    # A space before it, or what stands for a control, would not keep a spreadsheet from running it.
    is_formula = text.lstrip(f" {REPLACEMENT}").startswith(_FORMULA)
    return f"'{text}" if is_formula else text
