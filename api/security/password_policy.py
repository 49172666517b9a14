"""Owns which passwords are accepted. It knows nothing of hashing."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path

from api.characters import is_blank
from api.security.passwords import MAX_LENGTH, normalise

PRODUCT = ("everruns", "everruns auth")
# OWASP ASVS 6.2.4: at least the 3,000 commonest that the policy would let by.
COMMONEST = 3000
# The default of AUTH_PASSWORD_MIN_LENGTH, whatever it is set to: `password1234` has eight letters.
USUAL_LENGTH = 8
# Shorter words are the inside of many a random password.
SHORTEST_WORD = 4
# As Django 5.2 has it, with its licence beside it.
_DJANGOS = Path(__file__).with_name("django_passwords") / "common-passwords.txt.gz"
_WORDS = re.compile(r"[\W_]+")


def objection(password: str, *, email: str, host: str, min_length: int) -> str | None:
    """Say why a new password is not accepted; None when it is.

    Length in code points after NFKC, no composition rules, the commonest refused, and what anybody
    would try first at this server and this account (NIST SP 800-63B §5.1.1.2, OWASP ASVS 6.2.1,
    6.2.4, 6.2.11). `host` is that of AUTH_BASE_URL.
    """
    text = normalise(password)
    # One that is too long as it was sent is not normalised; another may become so.
    if len(text) > MAX_LENGTH:
        return f"Password must have at most {MAX_LENGTH} characters"
    if len(text) < min_length:
        return f"Password must have at least {min_length} characters"
    return _what_is_guessed_first(text.casefold(), email.casefold(), host.casefold())


def _what_is_guessed_first(text: str, email: str, host: str) -> str | None:
    if is_blank(text) or len(set(text)) == 1:
        return "Password must not be blank, or one character repeated"
    forms = _forms(text)
    if not forms.isdisjoint(_forms_of_all(_parts_of_email(email))):
        return "Password must not be a part of the account's own e-mail address"
    if not forms.isdisjoint(_forms_of_all((*PRODUCT, *_labels(host)))):
        return "Password must not be the name of this product or of its host"
    if _is_common(text):
        return "Password is one of the most common ones; choose another"
    return None


@cache
def common_passwords() -> tuple[tuple[str, ...], ...]:
    """Two lists of passwords from real leaks, 30,000 and 20,000, each the commonest first.

    All are in lower case. zxcvbn's list leaves out names, words, sequences and repetitions, which
    that library finds by other means (`jennifer`, `123123123`); Django's holds them.
    """
    # Imported at first use: the list takes a while to load, and most processes never need it.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415

    with gzip.open(_DJANGOS, "rt", encoding="utf-8") as file:
        return tuple(FREQUENCY_LISTS["passwords"]), tuple(file.read().split())


@cache
def _all_common() -> frozenset[str]:
    return frozenset(chain(*common_passwords()))


@cache
def _common_words() -> frozenset[str]:
    """What is refused also between digits and punctuation: `password` of `Password123!`."""
    lengths = (SHORTEST_WORD, USUAL_LENGTH)
    commonest = (_commonest(words, least) for words in common_passwords() for least in lengths)
    return frozenset(chain(*commonest))


def _commonest(words: tuple[str, ...], least: int) -> Iterator[str]:
    return islice((word for word in words if len(word) >= least), COMMONEST)


def _is_common(text: str) -> bool:
    inside, words = _trimmed(text, str.isalnum), _trimmed(text, str.isalpha)
    return (
        text in _all_common()
        or (len(inside) >= SHORTEST_WORD and inside in _all_common())
        or not _common_words().isdisjoint((words, _joined(words)))
    )


def _parts_of_email(email: str) -> Iterator[str]:
    local, _, domain = email.rpartition("@")
    yield from (email, local, *_WORDS.split(local), *_labels(domain))


def _labels(host: str) -> tuple[str, ...]:
    return (host, *host.split("."))


def _forms_of_all(texts: Iterator[str] | tuple[str, ...]) -> frozenset[str]:
    return frozenset(form for text in texts for form in _forms(text))


def _forms(text: str) -> frozenset[str]:
    """The text as it is, and without punctuation, then digits too, at its ends; also joined up."""
    cut = (text, _trimmed(text, str.isalnum), _trimmed(text, str.isalpha))
    return frozenset(filter(None, (*cut, *map(_joined, cut))))


def _trimmed(text: str, is_kept: Callable[[str], bool]) -> str:
    """The text from the first to the last character that is kept."""
    kept = [place for place, character in enumerate(text) if is_kept(character)]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _joined(text: str) -> str:
    return "".join(filter(str.isalnum, text))
