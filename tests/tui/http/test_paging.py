"""The walk from page to page ends, whatever the server answers."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tui import canned
from tui.http.client import Client, connection
from tui.http.errors import NotOurServer
from tui.http.paging import MAX_EMPTY_PAGES, Cursors
from tui.lists.schemas import User

pytestmark = pytest.mark.anyio

USERS = "/v1/admin/users"


def client_of(onward: Callable[[str | None], str | None], rows: int = 1) -> Client:
    """A server whose page behind a cursor names the cursor of the next one."""

    def answer(request: httpx.Request) -> httpx.Response:
        cursor = onward(request.url.params.get("cursor"))
        data = [canned.users()[number % 5] for number in range(rows)]
        form = {"data": data, "next_cursor": cursor, "previous_cursor": None}
        return httpx.Response(200, json=form)

    return Client(connection("https://auth.test", httpx.MockTransport(answer)))


async def rows_of(client: Client) -> int:
    return len([row async for row in client.every(User, USERS, {})])


async def test_a_list_is_walked_to_its_end() -> None:
    ends = {None: "a", "a": "b", "b": None}
    assert await rows_of(client_of(lambda cursor: ends[cursor])) == 3


@pytest.mark.parametrize("circle", ["a", "ab", "abc"])
async def test_a_circle_of_pages_is_left_in_words(circle: str) -> None:
    def onward(cursor: str | None) -> str:
        return circle[(circle.index(cursor) + 1) % len(circle)] if cursor else circle[0]

    with pytest.raises(NotOurServer, match=r"leads to itself|without an end"):
        await rows_of(client_of(onward))


async def test_pages_without_rows_are_walked_so_far_and_no_further() -> None:
    asked = 0

    def onward(_: str | None) -> str:
        nonlocal asked
        asked += 1
        return f"{asked}"

    with pytest.raises(NotOurServer, match="1,000 pages without a row"):
        await rows_of(client_of(onward, rows=0))
    assert asked == MAX_EMPTY_PAGES + 1


@pytest.mark.parametrize("cursor", ["", "x" * 5_000])
async def test_a_cursor_that_no_url_should_hold_is_none_of_ours(cursor: str) -> None:
    with pytest.raises(NotOurServer, match="next_cursor"):
        await rows_of(client_of(lambda _: cursor))


async def test_a_page_of_more_rows_than_any_has_is_none_of_ours() -> None:
    with pytest.raises(NotOurServer, match="data"):
        await rows_of(client_of(lambda _: None, rows=201))


@given(st.dictionaries(st.none() | st.text(max_size=2), st.none() | st.text(max_size=2)))
def test_every_walk_over_finitely_many_cursors_ends(onward: dict[str | None, str | None]) -> None:
    cursors, cursor, steps = Cursors(USERS), onward.get(None), 0
    try:
        while (cursor := cursors.follow(cursor, is_empty=False)) is not None:
            cursor = onward.get(cursor)
            steps += 1
    except NotOurServer:
        pass
    assert steps <= len(onward) + 1
