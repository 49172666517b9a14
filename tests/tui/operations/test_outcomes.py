"""What came of an operation that met trouble half-way: what was done is told, and what was not."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from tui.http.client import BULK, Client
from tui.http.errors import Missing, NotSignedIn, Refused, Trouble, Unreachable
from tui.lists.schemas import ApiKey, Session
from tui.operations.api_keys import RevokeKeys
from tui.operations.operation import Outcome
from tui.operations.sessions import EndSessions
from tui.session.session import Operator

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 26, tzinfo=UTC)
BY = Operator("", "", NOW)
OVER = NotSignedIn("Invalid or expired token", status=401)
NO = Refused("No", status=409)


class Answers:
    """A client whose answers are given, one after the other; a trouble is raised."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def _next(self, *_: object) -> Any:
        self.asked += 1
        answer = self._answers.pop(0) if self._answers else None
        if isinstance(answer, Trouble):
            raise answer
        return answer

    revoke_keys = end_session = _next


def sessions(count: int) -> list[Session]:
    form: dict[str, Any] = {"user_id": "1", "user_email": "a@b.c", "created_at": NOW}
    return [Session.model_construct(**form, id=str(number)) for number in range(count)]


def keys(count: int) -> list[ApiKey]:
    construct: Any = ApiKey.model_construct
    return [construct(id=str(number)) for number in range(count)]


async def ended(client: Answers, count: int) -> Outcome:
    return await EndSessions(sessions(count), BY).run(cast("Client", client))


async def test_what_is_refused_stops_none_of_the_rest() -> None:
    outcome = await ended(Answers(None, NO, None), 3)
    assert outcome.words == "ended 2 sessions; 1 not: No"
    assert outcome.trouble is NO
    assert [event.id for event in outcome.events] == ["0", "2"]


async def test_what_has_gone_before_is_as_good_as_done() -> None:
    outcome = await ended(Answers(Missing("Session not found", status=404), None), 2)
    assert (outcome.words, outcome.trouble) == ("ended 1 session", None)


@pytest.mark.parametrize("trouble", [OVER, Unreachable("no server answers")])
async def test_an_end_of_all_stops_the_rest_and_is_what_is_told(trouble: Trouble) -> None:
    client = Answers(None, NO, trouble)
    outcome = await ended(client, 9)
    assert client.asked == 3
    assert outcome.trouble is trouble
    assert outcome.words == f"ended 1 session; 8 not: {trouble.words}"
    with pytest.raises(type(trouble)):
        await ended(Answers(trouble), 9)


async def test_keys_that_were_revoked_before_it_broke_are_told() -> None:
    outcome = await RevokeKeys(keys(BULK + 200), BY).run(cast("Client", Answers(BULK - 1, OVER)))
    assert outcome.trouble is OVER
    assert outcome.words == (
        f"revoked {BULK - 1} API keys; 1 had gone before; 200 not: {OVER.words}"
    )
    assert len(outcome.events) == BULK
    with pytest.raises(NotSignedIn):
        await RevokeKeys(keys(2), BY).run(cast("Client", Answers(OVER)))
