from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

import api.app  # noqa: F401 - it defines every schema
from api.errors import Invalid
from api.http import body
from api.http.schemas import Request
from api.routes.public.verify import encoded
from api.security.digests import digest, is_api_key, key_prefix, new_api_key

MARK = "QQZZ"


def below(schema: type[Request]) -> Iterator[type[Request]]:
    for child in schema.__subclasses__():
        yield child
        yield from below(child)


SCHEMAS = [schema for schema in below(Request) if schema.model_fields]
FIELDS = sorted({name for schema in SCHEMAS for name in schema.model_fields})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
# The name of an unknown member is said where it fits; with a space it never does.
UNFIT_NAMES = TEXTS.map(lambda text: f"{MARK} {text}")
leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS.map(lambda text: MARK + text),
)
json_values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(UNFIT_NAMES, inner, max_size=4),
        st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    ),
    max_leaves=12,
)


def parsed(value: Any, schema: type[Request]) -> Request | Invalid:
    try:
        return body.parse(value, schema)
    except Invalid as invalid:
        return invalid


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.__name__)
@given(value=json_values)
def test_any_json_is_the_schema_or_invalid_without_an_echo(
    schema: type[Request], value: Any
) -> None:
    result = parsed(value, schema)
    if isinstance(result, Invalid):
        assert result.errors
        assert MARK not in result.detail
        assert all(MARK not in error.field for error in result.errors)
    else:
        assert isinstance(result, schema)


@given(text=TEXTS)
def test_a_header_is_printable_ascii_and_decodes_to_what_it_was(text: str) -> None:
    value = encoded(text)
    assert all(" " <= character <= "~" for character in value)
    assert "," not in value
    assert value == value.strip()
    assert unquote(value) == text


@given(text=st.text())
def test_no_text_breaks_a_header(text: str) -> None:
    assert encoded(text).isascii()


@given(texts=st.lists(TEXTS.filter(bool), min_size=1))
def test_a_list_in_a_header_can_be_taken_apart(texts: list[str]) -> None:
    header = ",".join(map(encoded, texts))
    assert [unquote(part) for part in header.split(",")] == texts


@given(number=st.integers(0, 2**256 - 1))
def test_every_256_bits_make_a_key(number: int) -> None:
    key = f"evr_{number:064x}"
    assert is_api_key(key)
    assert len(key_prefix(key)) == 15
    assert key.startswith(key_prefix(key).removesuffix("..."))


@given(text=st.text())
def test_any_credential_has_a_digest_of_64_hex_digits(text: str) -> None:
    assert re.fullmatch("[0-9a-f]{64}", digest(text))


@given(text=st.one_of(st.text(), st.text("evr_0123456789abcdefABCDEF")))
def test_only_the_form_of_a_key_is_a_key(text: str) -> None:
    has_form = (
        len(text) == 68 and text.startswith("evr_") and set(text[4:]) <= set("0123456789abcdef")
    )
    assert is_api_key(text) is has_form
    assert is_api_key(new_api_key())
