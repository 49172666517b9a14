from __future__ import annotations

import httpx
import pytest

from tests.api.people import log_in, refusal
from tests.support.people import PASSWORD, Person

pytestmark = pytest.mark.anyio

JSON = {"Content-Type": "application/json"}
LOGIN = "/v1/auth/login"
# It shows up nowhere in an answer by accident.
MARK = "zq9-marker"


async def test_malformed_json_is_400(http: httpx.AsyncClient) -> None:
    for content in (
        *(b"{", b"", b"nonsense", b'{"email": }', b"{'email': 'x'}", b"\xff\xfe{}"),
        *(b'{"email": NaN}', b'{"a": "\\ud800"}', b"[" * 20_000, b"{} {}"),
    ):
        answer = await http.post(LOGIN, content=content, headers=JSON)
        assert answer.status_code == 400, content[:20]
        assert answer.json()["code"] == "malformed_json"


async def test_another_content_type_is_415(http: httpx.AsyncClient) -> None:
    content = b'{"email":"ann@example.com","password":"x"}'
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/json",
        "application/jsonx",
        "",
    ):
        headers = {"Content-Type": kind}
        answer = await http.post(LOGIN, content=content, headers=headers)
        assert answer.status_code == 415, kind


async def test_a_charset_or_a_json_suffix_is_json(http: httpx.AsyncClient, ann: Person) -> None:
    content = f'{{"email":"{ann.email}","password":"{PASSWORD}"}}'
    for kind in (
        "application/json; charset=utf-8",
        "Application/JSON",
        "application/vnd.api+json",
    ):
        headers = {"Content-Type": kind}
        answer = await http.post(LOGIN, content=content, headers=headers)
        assert answer.status_code == 200, kind


async def test_fields_that_break_a_rule_are_named(http: httpx.AsyncClient) -> None:
    for sent, fields in (
        ({}, ["email", "password"]),
        ({"email": "ann@example.com"}, ["password"]),
        ({"email": 7, "password": None}, ["email", "password"]),
        ([], ["body"]),
        ("text", ["body"]),
        (7, ["body"]),
    ):
        answer = await http.post(LOGIN, json=sent)
        assert answer.status_code == 422
        errors = answer.json()["errors"]
        assert [list(error) for error in errors] == [["field", "message"]] * len(errors)
        assert [error["field"] for error in errors] == fields


async def test_nothing_that_was_sent_is_repeated(http: httpx.AsyncClient, ann: Person) -> None:
    for path, sent in (
        ("login", {"email": [MARK], "password": {MARK: MARK}}),
        ("login", MARK),
        ("login", {MARK: MARK}),
        ("register", {"email": MARK, "password": PASSWORD}),
        ("register", {"email": f"{MARK}@@", "password": MARK}),
        ("register", {"email": "b@example.com", "password": PASSWORD, "name": [MARK]}),
        ("register", {"email": "b@example.com", "password": MARK[:4]}),
        ("refresh", {"refresh_token": [MARK]}),
        ("refresh", {"refresh_token": MARK}),
        ("api-keys", {"name": "k", "scopes": [MARK.upper()]}),
        ("api-keys", {"name": "k", "scopes": {MARK: 1}}),
        ("api-keys", {"name": f"{MARK}\0", "expires_in_days": MARK}),
        ("password", {"current_password": [MARK], "new_password": MARK[:4]}),
    ):
        answer = await http.post(f"/v1/auth/{path}", json=sent, headers=ann.bearer)
        assert 400 <= answer.status_code < 500
        assert MARK[:4] not in answer.text.lower(), path


async def test_unknown_fields_are_ignored(http: httpx.AsyncClient, ann: Person) -> None:
    sent = {"email": ann.email, "password": PASSWORD, "remember_me": True}
    assert (await http.post(LOGIN, json=sent)).status_code == 200


async def test_overlong_fields_are_refused_not_cut(http: httpx.AsyncClient) -> None:
    assert refusal(await log_in(http, password="x" * 20_000))[0] in (401, 422)
    assert refusal(await log_in(http, "x" * 20_000))[0] in (401, 422)
