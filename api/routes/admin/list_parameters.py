"""The query string of a list: reads it into the request for a page, and describes it for OpenAPI.

Unknown parameters are refused: a misspelt filter that is ignored would show other rows than asked
for, and the next click revokes them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from sanic import Request

from api.administration.queries import DEFAULT_LIMIT, MAX_LIMIT, page_request
from api.errors import FieldError, Invalid
from api.http.route_table import Parameter
from models.lists.page_request import PageRequest
from models.lists.query import Sort

F = TypeVar("F")
T = TypeVar("T")

MAX_TEXT = 200
MAX_CURSOR = 8_192
_RFC_3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}):([0-5][0-9]|60)(\.[0-9]+)?"
    r"(?:(Z)|([-+ ])([0-9]{2}:[0-9]{2}))"
)
_MORE_THAN_A_PREFIX = re.compile(r"evr_[0-9a-f]{9}", re.IGNORECASE)

Q = (
    "case does not count; three characters and more anywhere (two of a script without spaces), fewer "
    "at the beginning only"
)


def parameters(
    sorts: Iterable[str], default: str, filters: Mapping[str, Parameter]
) -> dict[str, Parameter]:
    """The parameters of a list with these sorts and filters."""
    both = [sign + name for name in sorts for sign in ("", "-")]
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return {
        **filters,
        "sort": Parameter(
            "The field to sort by, with `-` in front for descending. Rows in which it is null come "
            "last in both directions; equals are in the order of their ids",
            {"type": "string", "enum": both, "default": default},
        ),
        "limit": Parameter("How many rows at most", limit),
        "cursor": Parameter(
            "`next_cursor` or `previous_cursor` of an answer with the same sort and filters"
        ),
    }


class ListQuery:
    """The query of one request, whose parameters are all known and given once.

    The constructor raises `Invalid` otherwise, as does each method for a value that does not fit.
    """

    def __init__(self, request: Request, known: Mapping[str, Parameter]) -> None:
        self._values: dict[str, str] = {}
        for name, value in request.get_query_args(keep_blank_values=True):
            if name not in known:
                names = ", ".join(known)
                # The unknown name is text of the caller and is not repeated.
                raise Invalid(FieldError("query", f"This list knows only {names}"))
            if name in self._values:
                raise Invalid(FieldError(name, f"{name}: May be given only once"))
            self._values[name] = value

    def page_request(
        self, filters: F, sorts: Mapping[str, Sort], default_sort: str
    ) -> PageRequest[F]:
        """The request for a page: `filters` with the sort, the limit (1 to 200) and the cursor."""
        return page_request(
            filters,
            sorts,
            sort=self._values.get("sort", default_sort),
            limit=self.whole("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
            cursor=self.text("cursor", MAX_CURSOR),
        )

    def text(self, name: str, most: int = MAX_TEXT) -> str | None:
        """A text of 1 to `most` characters without controls; None where it is not given."""
        value = self._values.get(name)
        if value is not None and not (0 < len(value) <= most and _is_printable(value)):
            raise Invalid(FieldError(name, f"{name}: 1 to {most} characters, none of control"))
        return value

    def search(self, name: str = "q") -> str | None:
        """The text to search for, trimmed and in NFC; None where it is empty or not given."""
        return searched(name, self._values.get(name, ""))

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """A whole number from `least` to `most`, in ASCII digits; `default` where none is given."""
        value = self._values.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdigit() and len(value) < 10):  # noqa: PLR2004
            value = "-1"
        if not least <= int(value) <= most:
            raise Invalid(FieldError(name, f"{name}: A whole number from {least} to {most}"))
        return int(value)

    def one_of(self, name: str, *known: str) -> str | None:
        """One of the `known` words; None where it is not given."""
        value = self._values.get(name)
        if value is not None and value not in known:
            raise Invalid(FieldError(name, f"{name}: One of {', '.join(known)}"))
        return value

    def flag(self, name: str) -> bool | None:
        """`true` or `false`; None where it is not given."""
        value = self.one_of(name, "true", "false")
        return None if value is None else value == "true"

    def row_id(self, name: str) -> UUID | None:
        """A UUID; None where it is not given."""
        return self._parsed(name, UUID, "An id, such as 0190b4c2-7d1e-7a30-8f00-0123456789ab")

    def moment(self, name: str) -> datetime | None:
        """A time of RFC 3339 §5.6 in UTC; None where it is not given."""
        return self._parsed(name, _moment, "A time, such as 2026-01-31T12:00:00Z")

    def _parsed(self, name: str, parse: Callable[[str], T], accepted: str) -> T | None:
        value = self._values.get(name)
        try:
            return None if value is None else parse(value)
        except (ValueError, OverflowError):
            raise Invalid(FieldError(name, f"{name}: {accepted}")) from None


def searched(name: str, sent: str) -> str | None:
    """`sent` trimmed and in NFC, at most 200 characters; None where nothing is left.

    Raises:
        Invalid: it is too long, holds controls, or more of an API key than its shown prefix.
    """
    stripped = sent.strip()
    # Before normalising, whose time grows with the square of the number of combining marks.
    value = stripped if len(stripped) > MAX_TEXT else unicodedata.normalize("NFC", stripped)
    if len(value) > MAX_TEXT or not _is_printable(value):
        raise Invalid(FieldError(name, f"{name}: At most {MAX_TEXT} characters, none of control"))
    if _MORE_THAN_A_PREFIX.search(value):
        # This key is in the URL, and perhaps in a proxy's log; the refusal keeps the next one out.
        raise Invalid(
            FieldError(name, f"{name}: Only the first 12 characters of a key are known; use those")
        )
    return value or None


def _moment(text: str) -> datetime:
    """The time of a text; a `+` that was not encoded arrives as a space."""
    found = _RFC_3339.fullmatch(text.upper())
    if found is None:
        raise ValueError
    date, minutes, seconds, fraction, is_utc, sign, offset = found.groups()
    # A leap second becomes the second before it, because datetime has none.
    whole = f"{date}T{minutes}:{min(int(seconds), 59):02}{fraction or ''}"
    zone = "+00:00" if is_utc else f"{sign.replace(' ', '+')}{offset}"
    return datetime.fromisoformat(whole + zone).astimezone(UTC)


def _is_printable(text: str) -> bool:
    return not any(unicodedata.category(character) in ("Cc", "Cs") for character in text)
