"""Which request an answer belongs to: the proxy may say, others may not."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.api.people import new_key
from tests.support.people import Person, bearer

pytestmark = pytest.mark.anyio

OWN = re.compile("[0-9a-f]{32}")
PATHS = ("/health", "/v1/auth/me", "/v1/nowhere")
VERIFY = "/v1/auth/verify"


@pytest.mark.parametrize("sent", ["abc-123", "a" * 64, "01A2.b_c-d", "-"])
async def test_that_of_a_trusted_proxy_is_taken_over(
    sent: str, behind_proxy: None, http: httpx.AsyncClient, ann: Person
) -> None:
    key = bearer((await new_key(http, ann))["key"])
    for path in (*PATHS, VERIFY, f"{VERIFY}?role=nobody"):
        for credential in (ann.bearer, key, {}):
            for _ in range(2):  # asked, and then remembered
                answer = await http.get(path, headers={**credential, "X-Request-Id": sent})
                assert answer.headers.get_list("x-request-id") == [sent], path


@pytest.mark.parametrize(
    "sent",
    [
        *("a" * 65, "with space", "semi;colon", "a:b", '"quoted"', "", "a/b"),
        *("evr_1a2b3c4d5e6f", "x.evr_1a2b3c4d5e6f", "eyJhbGciOi"),
    ],
)
async def test_one_that_is_not_fit_is_replaced(
    sent: str, behind_proxy: None, http: httpx.AsyncClient, ann: Person
) -> None:
    headers = [("Authorization", ann.bearer["Authorization"]), ("X-Request-Id", sent)]
    for path in (*PATHS, *PATHS):
        answer = await http.get(path, headers=headers)
        assert OWN.fullmatch(answer.headers["x-request-id"]), path
    for _ in range(2):
        assert "x-request-id" not in (await http.get(VERIFY, headers=headers)).headers


async def test_of_two_neither_is_taken_over(
    behind_proxy: None, http: httpx.AsyncClient, ann: Person
) -> None:
    headers = [*ann.bearer.items(), ("X-Request-Id", "one"), ("X-Request-Id", "two")]
    for path in (*PATHS, *PATHS):
        assert OWN.fullmatch((await http.get(path, headers=headers)).headers["x-request-id"])


async def test_without_a_proxy_nobody_s_is_taken_over(http: httpx.AsyncClient, ann: Person) -> None:
    headers = {**ann.bearer, "X-Request-Id": "mine"}
    seen = [(await http.get(path, headers=headers)).headers["x-request-id"] for path in PATHS * 2]
    assert all(map(OWN.fullmatch, seen))
    assert len(set(seen)) == len(seen)
    for _ in range(2):
        assert "x-request-id" not in (await http.get(VERIFY, headers=headers)).headers
