from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field
from sanic import Request as SanicRequest
from sanic.compat import Header

from api.errors import Invalid, MalformedJson, UnsupportedMediaType
from api.http import body
from api.http.schemas import Request
from api.routes.account.schemas import ApiKeyRequest
from api.routes.public.schemas import LoginRequest, RefreshRequest, RegisterRequest

GOOD = b'{"email":"ann@example.com","password":"correct horse"}'


def sent(content: bytes, media_type: str | None = "application/json") -> SanicRequest:
    headers = {} if media_type is None else {"content-type": media_type}
    app: Any = None
    request = SanicRequest(b"/v1/auth/login", Header(headers), "1.1", "POST", app, app)
    request.body = content
    return request


def faults(value: object, schema: Any) -> dict[str, str]:
    """What is said of each field of a value that is no `schema`."""
    with pytest.raises(Invalid) as refused:
        body.parse(value, schema)
    assert "QQ" not in refused.value.detail
    assert "QQ" not in repr(refused.value)
    return {error.field: error.message for error in refused.value.errors}


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "Application/JSON; charset=utf-8",
        "application/merge-patch+json",
    ],
)
def test_json_is_read_under_each_of_its_names(media_type: str) -> None:
    read = body.read(sent(GOOD, media_type), LoginRequest)
    assert (read.email, read.password) == ("ann@example.com", "correct horse")


@pytest.mark.parametrize(
    "media_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "text/json", "json"],
)
def test_what_is_not_announced_as_json_is_not_read(media_type: str | None) -> None:
    # A form of another site's page can send these without asking first.
    with pytest.raises(UnsupportedMediaType):
        body.read(sent(GOOD, media_type), LoginRequest)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"QQ", b"{'a':1}", b"[" * 60_000, b"\xff", b'"\\ud800"', b"NaN"],
)
def test_what_does_not_parse_is_malformed(content: bytes) -> None:
    with pytest.raises(MalformedJson) as refused:
        body.read(sent(content), LoginRequest)
    assert "QQ" not in str(refused.value)


@pytest.mark.parametrize("name", ["scope", "Scopes", "a.b-c_1", "x" * 64])
def test_an_unknown_member_is_named(name: str) -> None:
    found = faults({"name": "ci", name: ["keys:read"]}, ApiKeyRequest)
    assert found == {name: f"{name}: Not a member that is known here"}


@pytest.mark.parametrize("name", ["", "QQ QQ", "QQ\n", "QQ\u00e9", "QQ" * 33])
def test_a_name_that_may_be_anything_is_not_repeated(name: str) -> None:
    found = faults({"name": "ci", name: 1}, ApiKeyRequest)
    assert found == {"body": "body: Holds a member that is not known here"}


class Limit(Request):
    seconds: int = 1


class Nested(Request):
    limits: list[Limit] = Field(default_factory=list)


def test_a_nested_member_is_named_with_its_place() -> None:
    value = {"limits": [{}, {"second": 1, "QQ QQ": 1}]}
    assert faults(value, Nested).keys() == {"limits.1.second", "limits.1"}


def test_of_many_faults_the_first_are_told() -> None:
    assert len(faults({f"x{number}": 1 for number in range(9000)}, ApiKeyRequest)) == 20


@pytest.mark.parametrize("content", [b'{"QQ":1,"QQ":1}', b'{"a":[{"b":1,"\\u0062":2}]}'])
def test_a_body_that_names_a_member_twice_is_malformed(content: bytes) -> None:
    for schema in (ApiKeyRequest, LoginRequest):
        with pytest.raises(MalformedJson, match="The body names a member twice"):
            body.read(sent(content), schema)


def test_unknown_fields_are_ignored_where_people_come_in() -> None:
    value = {"email": "a@b.c", "password": "p", "remember_me": True}
    assert body.parse(value, LoginRequest).email == "a@b.c"


def test_an_optional_body_may_be_absent() -> None:
    assert body.read_if_any(sent(b"", None), RefreshRequest).refresh_token is None


def test_an_optional_body_that_is_there_must_be_right() -> None:
    with pytest.raises(Invalid):
        body.read_if_any(sent(b'{"refresh_token":1}'), RefreshRequest)


def test_every_missing_field_is_named() -> None:
    assert faults({}, LoginRequest) == {
        "email": "email: Required",
        "password": "password: Required",
    }


@pytest.mark.parametrize("value", [None, 1, "QQ", True, [], ["QQ"], 1.5])
def test_a_body_that_is_no_object_is_said_to_be_none(value: object) -> None:
    assert faults(value, LoginRequest) == {"body": "body: Must be a JSON object"}


@pytest.mark.parametrize("value", [1, True, None, ["QQ"], {"QQ": "QQ"}])
def test_a_text_must_be_a_text(value: object) -> None:
    found = faults({"email": "a@b.c", "password": value}, LoginRequest)
    assert found == {"password": "password: Must be a text"}


@pytest.mark.parametrize("value", ["1", "QQ", 1.5, True, [1]])
def test_a_number_must_be_a_whole_number(value: object) -> None:
    found = faults({"name": "ci", "expires_in_days": value}, ApiKeyRequest)
    assert found == {"expires_in_days": "expires_in_days: Must be a whole number"}


def test_the_place_in_a_list_is_told() -> None:
    found = faults({"name": "ci", "scopes": ["a", 1]}, ApiKeyRequest)
    assert found == {"scopes.1": "scopes.1: Must be a text"}


def test_what_is_too_long_is_not_repeated() -> None:
    found = faults({"email": "QQ" * 600, "password": "QQ" * 9000}, LoginRequest)
    assert found == {"email": "email: Too long", "password": "password: Too long"}


def test_a_nul_is_kept_out_of_the_database() -> None:
    value = {"email": "QQ\0", "password": "a\0b", "name": "QQ\0"}
    found = faults(value, RegisterRequest)
    assert found.keys() == {"email", "name"}
    assert "NUL" in found["email"]
