"""The policy for new passwords. The module knows nothing of hashing."""

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
# Words refused also inside punctuation and digits: OWASP ASVS 6.2.4 asks for 3,000 at least.
COMMONEST = 3000
# Letters of a common word; the default minimum, whatever the setting: `password1234` has eight.
USUAL_LENGTH = 8
# Letters of a word; shorter ones occur inside random passwords.
SHORTEST_WORD = 4
# Django 5.2's list, with its licence beside it.
_DJANGOS = Path(__file__).with_name("django_passwords") / "common-passwords.txt.gz"
_WORDS = re.compile(r"[\W_]+")


def objection(password: str, *, email: str, host: str, min_length: int) -> str | None:
    """The reason why a new password is refused; None when it is accepted.

    The length is counted in code points after NFKC. There are no rules of composition. The
    commonest passwords are refused, and the guesses that this server and this account suggest (NIST
    SP 800-63B §5.1.1.2, OWASP ASVS 6.2.1, 6.2.4, 6.2.11). `host` is the host of AUTH_BASE_URL.
    """
    text = normalise(password)
    # Normalising skips longer texts, and may lengthen others.
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
    """Words refused also between digits and punctuation: `password` of `Password123!`."""
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
    """The text, then without punctuation and without digits at its ends, each also joined up."""
    cut = (text, _trimmed(text, str.isalnum), _trimmed(text, str.isalpha))
    return frozenset(filter(None, (*cut, *map(_joined, cut))))


def _trimmed(text: str, is_kept: Callable[[str], bool]) -> str:
    """The text from its first to its last character that `is_kept` accepts."""
    kept = [place for place, character in enumerate(text) if is_kept(character)]
    return text[kept[0] : kept[-1] + 1] if kept else ""


def _joined(text: str) -> str:
    return "".join(filter(str.isalnum, text))
