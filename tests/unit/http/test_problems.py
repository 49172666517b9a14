from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from sanic import HTTPResponse, Request
from sanic.compat import Header
from sanic.exceptions import MethodNotAllowed, PayloadTooLarge, SanicException

from api import errors
from api.http.problems import STATUSES, Problems, problem, refused, status_of
from api.silences import Silences
from api.writability import Writability

CONTRACT = {
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.BadRequest: 400,
    errors.UnsupportedMediaType: 415,
    errors.Invalid: 422,
    errors.Throttled: 429,
    errors.Unavailable: 503,
}
MADE_WITH: dict[type[errors.Refusal], dict[str, Any]] = {
    errors.Throttled: {"retry_after": 7},
}


def descendants(branch: type[errors.Refusal]) -> Iterator[type[errors.Refusal]]:
    for child in branch.__subclasses__():
        yield child
        yield from descendants(child)


EVERY = tuple(descendants(errors.Refusal))


def made(refusal: type[errors.Refusal]) -> errors.Refusal:
    return refusal(**MADE_WITH.get(refusal, {}))


def body_of(response: HTTPResponse) -> dict[str, Any]:
    assert response.body is not None
    document: dict[str, Any] = orjson.loads(response.body)
    return document


def asked() -> Request:
    probe: Any = None
    services = SimpleNamespace(writability=Writability(probe, Silences()))
    app: Any = SimpleNamespace(ctx=SimpleNamespace(proxies=None, services=services))
    transport: Any = None
    return Request(b"/v1/auth/me", Header({}), "1.1", "GET", transport, app)


def test_the_branches_have_the_contracts_statuses() -> None:
    assert dict(STATUSES) == CONTRACT


@pytest.mark.parametrize("refusal", EVERY)
def test_every_refusal_has_the_status_of_its_branch(
    refusal: type[errors.Refusal],
) -> None:
    (branch,) = (one for one in CONTRACT if issubclass(refusal, one))
    assert status_of(refusal) == CONTRACT[branch]
    assert refused(made(refusal)).status == CONTRACT[branch]


@pytest.mark.parametrize("refusal", EVERY)
def test_every_refusal_has_a_code_for_programs_and_words_for_people(
    refusal: type[errors.Refusal],
) -> None:
    assert re.fullmatch("[a-z]+(_[a-z]+)*", refusal.code)
    assert refusal.code != errors.Refusal.code
    assert refusal.words != errors.Refusal.words
    assert refusal.words[0].isupper()


def test_a_code_never_has_two_statuses() -> None:
    pairs = {(refusal.code, status_of(refusal)) for refusal in EVERY}
    assert len(pairs) == len({code for code, _ in pairs})


def test_a_refusal_outside_every_branch_has_no_status() -> None:
    with pytest.raises(LookupError):
        status_of(errors.Refusal)


def test_the_tree_is_drawn_as_it_is() -> None:
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert drawn == [refusal.__name__ for refusal in EVERY]


def test_a_document_is_what_the_contract_shows() -> None:
    response = refused(errors.AuthenticationRequired())
    assert response.content_type == "application/problem+json"
    assert list(body_of(response).items()) == [
        ("error", "Authentication required"),
        ("title", "Unauthorized"),
        ("status", 401),
        ("detail", "Authentication required"),
        ("code", "unauthorized"),
    ]


@pytest.mark.parametrize("refusal", EVERY)
def test_a_refusal_brings_its_headers(refusal: type[errors.Refusal]) -> None:
    response = refused(made(refusal))
    has = {name.lower() for name in response.headers}
    assert ("www-authenticate" in has) is (response.status == 401)
    assert ("retry-after" in has) is (response.status in (429, 503))


def test_a_throttled_caller_is_told_when_to_come_back() -> None:
    assert refused(errors.Throttled(retry_after=7)).headers["Retry-After"] == "7"


def test_invalid_fields_are_told_one_by_one() -> None:
    response = refused(
        errors.Invalid(
            errors.FieldError("email", "Email must be an address"),
            errors.FieldError("password", "Password is too short"),
        )
    )
    document = body_of(response)
    assert document["detail"] == "Email must be an address; Password is too short"
    assert document["errors"] == [
        {"field": "email", "message": "Email must be an address"},
        {"field": "password", "message": "Password is too short"},
    ]


def test_a_wrong_method_is_told_the_right_ones() -> None:
    exception = MethodNotAllowed("no", method="GET", allowed_methods=["POST"])
    response = Problems().default(asked(), exception)
    assert (response.status, response.headers["Allow"]) == (405, "POST")


def test_a_body_too_large_is_said_to_be_so() -> None:
    response = Problems().default(asked(), PayloadTooLarge("QQ"))
    assert body_of(response)["code"] == "payload_too_large"
    assert b"QQ" not in (response.body or b"")


@pytest.mark.parametrize("status", [400, 404, 405, 408, 413, 417, 429, 431, 500, 503])
def test_the_machinery_never_speaks_in_its_own_words(status: int) -> None:
    response = Problems().default(asked(), SanicException("QQ", status_code=status))
    assert response.status == status
    assert b"QQ" not in (response.body or b"")


def test_trouble_in_the_database_is_503_and_nothing_of_the_inside() -> None:
    locked = sqlite3.OperationalError("QQ is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    response = Problems().default(asked(), locked)
    assert response.status == 503
    assert response.headers["Retry-After"] == "1"
    assert b"QQ" not in (response.body or b"")


def test_a_bug_is_500_with_the_request_id_and_nothing_of_the_inside() -> None:
    request = asked()
    request.ctx.request_id = "abc-123"
    response = Problems().default(request, RuntimeError("QQ"))
    assert response.status == 500
    assert body_of(response)["request_id"] == "abc-123"
    assert b"QQ" not in (response.body or b"")


def test_a_problem_is_never_kept_by_a_cache() -> None:
    assert problem(404, "not_found", "Not found").headers["Cache-Control"] == "no-store"
