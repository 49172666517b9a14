"""What an answer means, also one that is nearly one of ours."""

from __future__ import annotations

import httpx
import pytest

from tui.http import responses
from tui.http.errors import Refused


def refused_with(status: int, body: object, **headers: str) -> str:
    """What an operator reads."""
    request = httpx.Request("GET", "https://auth.test")
    answer = httpx.Response(status, json=body, request=request, headers=headers)
    with pytest.raises(Refused) as refused:
        responses.checked(answer)
    return refused.value.words


@pytest.mark.parametrize(
    ("error", "message", "words"),
    [
        ("limit: From 1 to 200", "limit: From 1 to 200", "limit: From 1 to 200"),
        ("Invalid request", "limit: From 1 to 200", "Invalid request; limit: From 1 to 200"),
        ("Invalid request", "From 1 to 200", "Invalid request; limit: From 1 to 200"),
    ],
)
def test_what_is_wrong_is_said_once_and_by_its_name(error: str, message: str, words: str) -> None:
    errors = [{"field": "limit", "message": message}]
    assert refused_with(422, {"error": error, "errors": errors}) == words


@pytest.mark.parametrize(("after", "words"), [("551", "; try again in 9 min"), ("soon", "")])
def test_too_many_tries_says_when_to_come_back(after: str, words: str) -> None:
    assert refused_with(429, {"error": "Too many"}, **{"Retry-After": after}) == f"Too many{words}"


@pytest.mark.parametrize("errors", [["x"], "x", {"field": "x"}, [None], 7])
def test_what_only_looks_like_a_problem_of_ours_is_said_all_the_same(errors: object) -> None:
    assert refused_with(400, {"error": "bad", "errors": errors}) == "bad"
