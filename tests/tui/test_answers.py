"""What an answer means, also one that is nearly one of ours."""

from __future__ import annotations

import httpx
import pytest

from tui import answers
from tui.errors import Refused


@pytest.mark.parametrize("errors", [["x"], "x", {"field": "x"}, [None], 7])
def test_what_only_looks_like_a_problem_of_ours_is_said_all_the_same(errors: object) -> None:
    request = httpx.Request("GET", "http://auth.test")
    body = {"error": "bad", "errors": errors}
    with pytest.raises(Refused) as refused:
        answers.checked(httpx.Response(400, json=body, request=request))
    assert refused.value.words == "bad"
