"""`--once`: the same data for scripts. Data on standard output, words on standard error.

Knows nothing of screens.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from rich.cells import cell_len

from tui.export.list_file import Record
from tui.http.client import Client
from tui.http.errors import NotKept, NotPermitted, NotSignedIn, PlainHttp, Trouble
from tui.http.responses import decoded
from tui.lists.all import LISTINGS
from tui.lists.filters import parsed
from tui.lists.listing import Listing
from tui.session.login import MODE_NONE, kept_auth
from tui.session.target import Target
from tui.session.token_store import TokenStore
from tui.text import fitted

OVERVIEW = "overview"
SUBJECTS = (*LISTINGS, OVERVIEW)


class Status(IntEnum):
    """How the command ends."""

    DONE = 0
    TROUBLE = 1
    MISUSED = 2
    NOT_SIGNED_IN = 3
    NOT_PERMITTED = 4


@dataclass(frozen=True, slots=True)
class Question:
    """The list, the filter and the format that a script asks for."""

    subject: str
    is_json: bool
    filter: str = ""


async def answer(
    client: Client, target: Target, token_store: TokenStore, question: Question
) -> Status:
    """Print it; what goes wrong is one line on standard error and the exit status."""
    try:
        auth = kept_auth(client, target, token_store)
        if auth is not None:
            client.check_privacy()
        # Asked without a credential first: a wrong URL never sees one.
        if (await client.config()).mode != MODE_NONE:
            client.auth = auth
        if question.subject == OVERVIEW:
            return await _overview(client, question)
        return await _list(client, question)
    except Trouble as trouble:
        status, advice = next(end for kind, end in _ENDS.items() if isinstance(trouble, kind))
        return fail(status, f"{trouble.words}{advice}")


HOW_TO_SIGN_IN = (
    "set EVERRUNS_AUTH_API_KEY to a key of an operator, or sign in once in the dashboard "
    "and have it kept"
)
# The first that fits: how the command ends, and what is said behind the words.
_ENDS: dict[type[Trouble], tuple[Status, str]] = {
    NotSignedIn: (Status.NOT_SIGNED_IN, f"; {HOW_TO_SIGN_IN}"),
    NotKept: (Status.NOT_SIGNED_IN, ""),
    NotPermitted: (Status.NOT_PERMITTED, ""),
    PlainHttp: (Status.MISUSED, "; use https, or send it with --insecure"),
    Trouble: (Status.TROUBLE, ""),
}


def fail(status: Status, words: str) -> Status:
    """Say why."""
    print(words, file=sys.stderr)
    return status


async def _overview(client: Client, question: Question) -> Status:
    if question.filter:
        return fail(Status.MISUSED, "the overview has no filter")
    facts = await client.overview_record()
    if question.is_json:
        print(json.dumps(facts))
    else:
        for name, value in _flat(facts):
            print(f"{name:<24} {fitted(value, cell_len(value))}")
    return Status.DONE


async def _list(client: Client, question: Question) -> Status:
    listing = LISTINGS[question.subject]
    wanted = parsed(question.filter, listing.words, client.clock.now())
    if wanted.problem:
        return fail(Status.MISUSED, wanted.problem)
    # Each prints nothing before the server has answered: a refusal stands alone.
    printer = _json_printer if question.is_json else _table_printer
    await printer(client, listing, {**wanted.parameters, "sort": listing.sort})
    return Status.DONE


async def _json_printer(
    client: Client, listing: Listing[Any], parameters: Mapping[str, str]
) -> None:
    """One array, a row a line: it is written as it comes, and read by any JSON reader."""
    opening = "["
    async for page in client.records(listing.row, listing.path, parameters):
        for record in page:
            print(f"{opening}{json.dumps(record)}")
            opening = ","
    print("]" if opening == "," else "[]")


async def _table_printer(
    client: Client, listing: Listing[Any], parameters: Mapping[str, str]
) -> None:
    is_titled = False
    async for page in client.records(listing.row, listing.path, parameters):
        if not is_titled:
            print(_line([column.title for column in listing.columns], listing))
            is_titled = True
        for record in page:
            print(_row(record, listing, client.clock.now()))


def _row(record: Record, listing: Listing[Any], now: datetime) -> str:
    row = decoded(listing.row, record, listing.name)
    return _line([column.cell(row, now).text for column in listing.columns], listing)


def _line(texts: list[str], listing: Listing[Any]) -> str:
    """Cells under each other; one that is too long is shown whole all the same."""
    cells = [
        fitted(text, max(column.most, cell_len(text)))
        for text, column in zip(texts, listing.columns, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _flat(facts: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in facts.items():
        if isinstance(value, dict):
            lines += _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            lines.append((f"{prefix}{name}", str(value)))
    return lines
