"""The filter that an operator types behind `/`: words like `status:stale`, and a search.

Each list says which words it has; this module knows none of them.
"""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

Parameters = dict[str, str]

# Of a filter as typed. No word and no search needs more, and a URL has to hold it.
MOST_CHARACTERS = 1000
# The server's own limit.
MOST_DAYS = 36_500
# Texts that are looked for in others. The server finds so many characters anywhere, or two of a script
# without spaces between words; fewer are looked for at the beginning.
SEARCHES = ("q", "owner")
SHORTEST_PART, SHORTEST_WITHOUT_SPACES = 3, 2
_WITHOUT_SPACES = re.compile(
    r"\b(CJK|IDEOGRAPHIC|BOPOMOFO|HIRAGANA|KATAKANA|HANGUL|YI|THAI|LAO|KHMER|MYANMAR|TIBETAN|TAI"
    r"|JAVANESE|BALINESE)\b"
)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_KEY = re.compile(r"(evr_[0-9a-f]{8})[0-9a-f]+", re.IGNORECASE)


class NotAValue(Exception):
    """The value after the colon is not valid; the words name valid ones."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a list's filter: `parameters` turns what follows the colon into a query."""

    parameters: Callable[[str, datetime], Parameters]
    example: str


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as typed: the query that it makes, or what is wrong with it."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def finds_beginnings_only(self) -> bool:
        """Whether a text is looked for that the server looks for at the beginning only."""
        texts = (self.parameters.get(name, "").strip() for name in SEARCHES)
        return any(0 < len(text) < SHORTEST_PART and not _is_found_anywhere(text) for text in texts)


def parsed(text: str, words: Mapping[str, Word], now: datetime) -> Filter:
    """The filters and the search in the text. Quotes keep a colon or a space from meaning anything."""
    if len(text) > MOST_CHARACTERS:
        count = f"{len(text):,} characters"
        return Filter(problem=f"a filter has at most {MOST_CHARACTERS:,} characters, this {count}")
    parameters: Parameters = {}
    searched: list[str] = []
    try:
        for part in _split(text):
            name, colon, value = part.partition(":")
            if not colon or part.startswith('"'):
                searched.append(part.strip('"'))
            else:
                _merge(parameters, _word(name, words).parameters(value.strip('"'), now), part)
        if searched:
            _merge(parameters, {"q": " ".join(searched)}, " ".join(searched))
        # What is searched for stands in a URL, and proxies log URLs: never a whole key.
        parameters = {name: _KEY.sub(r"\1", value) for name, value in parameters.items()}
    except NotAValue as wrong:
        return Filter(problem=str(wrong))
    return Filter(parameters)


def _is_found_anywhere(text: str) -> bool:
    letters = unicodedata.normalize("NFC", text)
    return len(letters) >= SHORTEST_WITHOUT_SPACES and all(
        _WITHOUT_SPACES.search(unicodedata.name(letter, "")) for letter in letters
    )


def choice(parameter: str, *values: str, **synonyms: str) -> Word:
    """A word that takes one of a few values; `_` and `-` are the same."""

    def parameters(value: str, _: datetime) -> Parameters:
        known = value.lower().replace("-", "_")
        known = synonyms.get(known, known)
        if known not in values:
            raise NotAValue(f"{value or 'nothing'!r} is none of: {', '.join(values)}")
        return {parameter: known}

    return Word(parameters, values[0])


def text(parameter: str, example: str) -> Word:
    """A word that takes any text."""

    def parameters(value: str, _: datetime) -> Parameters:
        return {parameter: value} if value else {}

    return Word(parameters, example)


def person(parameter: str) -> Word:
    """A word that takes a whole address, or an id."""

    def parameters(value: str, _: datetime) -> Parameters:
        if "@" not in value and not _ID.fullmatch(value):
            raise NotAValue(f"{value or 'nothing'!r} is neither an address nor an id")
        return {parameter: value}

    return Word(parameters, "ann@example.com")


def yes_or_no(parameter: str) -> Word:
    """A word that takes yes or no."""
    answers = {"yes": "true", "true": "true", "no": "false", "false": "false"}

    def parameters(value: str, _: datetime) -> Parameters:
        if value.lower() not in answers:
            raise NotAValue(f"{value or 'nothing'!r} is neither yes nor no")
        return {parameter: answers[value.lower()]}

    return Word(parameters, "yes")


def days(parameter: str, **fixed: str) -> Word:
    """A word that takes a number of days; `fixed` comes along."""

    def parameters(value: str, _: datetime) -> Parameters:
        digits = value.lower().removesuffix("d")
        is_number = digits.isdecimal() and digits.isascii() and len(digits) < 6  # noqa: PLR2004
        if not is_number or not 1 <= int(digits) <= MOST_DAYS:
            raise NotAValue(f"{value or 'nothing'!r} is no number of days from 1 to {MOST_DAYS}")
        return {parameter: str(int(digits)), **fixed}

    return Word(parameters, "30")


def moment(parameter: str) -> Word:
    """A word that takes a date, a time, or how long ago: `2026-11-24`, `90min`, `2h`, `7d`."""

    def parameters(value: str, now: datetime) -> Parameters:
        return {parameter: _moment(value, now).strftime("%Y-%m-%dT%H:%M:%SZ")}

    return Word(parameters, "2h")


_SPANS = {"min": "minutes", "h": "hours", "d": "days"}


def _moment(value: str, now: datetime) -> datetime:
    for unit, name in _SPANS.items():
        digits = value.removesuffix(unit)
        if digits != value and digits.isdecimal() and digits.isascii() and len(digits) < 6:  # noqa: PLR2004
            return now - timedelta(**{name: int(digits)})
    try:
        typed = datetime.fromisoformat(value)
        return typed.astimezone(UTC) if typed.tzinfo else typed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise NotAValue(f"{value or 'nothing'!r} is no time: 2026-11-24, 90min, 2h or 7d") from None


def _word(name: str, words: Mapping[str, Word]) -> Word:
    if name.lower() not in words:
        raise NotAValue(f"{name + ':'!r} is no word here; there are: {_list(words)}")
    return words[name.lower()]


def _list(words: Mapping[str, Word]) -> str:
    return ", ".join(f"{name}:" for name in words)


def _merge(parameters: Parameters, more: Mapping[str, str], part: str) -> None:
    for name, value in more.items():
        if parameters.setdefault(name, value) != value:
            raise NotAValue(f"{part!r} contradicts another word of this filter")


def _split(typed: str) -> list[str]:
    """The parts between spaces; a quote that is still open as one types is no error."""
    splitter = shlex.shlex(typed, posix=False, punctuation_chars=False)
    splitter.whitespace_split = True
    splitter.commenters = ""
    splitter.quotes = '"'
    try:
        return list(splitter)
    except ValueError:
        return typed.replace('"', " ").split()
