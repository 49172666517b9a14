from __future__ import annotations

from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from api.security.emails import (
    MAX_LENGTH,
    EmailRejected,
    normalise_email,
    valid_email,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ADDRESSES = st.one_of(
    st.emails(),
    st.builds("{}@{}.example".format, TEXTS, TEXTS),
    st.builds(
        "{}@example.com".format, st.text("\u0130Iß\u017f\u03a3\u03c3\u03c2.-éE\u0301\u0331\u0345")
    ),
)


@given(text=st.one_of(TEXTS, ADDRESSES))
@example("\u0130\u0331")
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise_email(text)
    assert normalise_email(once) == once


@given(text=st.one_of(TEXTS, ADDRESSES))
def test_any_text_is_an_address_or_rejected(text: str) -> None:
    with suppress(EmailRejected):
        stored = valid_email(text)
        assert "@" in stored
        assert len(stored) <= MAX_LENGTH
        assert stored == stored.strip()


@given(text=ADDRESSES)
def test_what_is_stored_is_found_by_what_is_stored(text: str) -> None:
    with suppress(EmailRejected):
        stored = valid_email(text)
        assert normalise_email(stored) == stored


@given(text=st.emails())
def test_an_address_is_found_however_its_case_and_spaces_were_typed(text: str) -> None:
    with suppress(EmailRejected):
        stored = valid_email(text)
        assert normalise_email(f"  {text.swapcase()}\n") == stored
