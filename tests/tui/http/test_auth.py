"""Credentials: one renewal at a time, among requests, dashboards and processes."""

from __future__ import annotations

import asyncio
import fcntl
import os
from pathlib import Path

import httpx
import pytest

from tests.support.waiting import until
from tui.http.auth import TokenAuth, Tokens
from tui.http.errors import NotKept, Unreachable
from tui.lists.schemas import TokenBody
from tui.session.token_store import TokenStore

pytestmark = pytest.mark.anyio


def token_store(folder: Path) -> TokenStore:
    return TokenStore(folder, "https://auth.test/api", "production")


def tokens(name: str, renew_at: float = 0.0) -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", renew_at)


async def shown(auth: httpx.Auth, *, refused: str = "") -> str:
    """The credential of a request that was answered; the server refuses one of them."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            401 if request.headers["authorization"] == f"Bearer {refused}" else 200
        )

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), auth=auth) as client:
        answered = await client.get("https://auth.test")
    return str(answered.request.headers["authorization"]).removeprefix("Bearer ")


class Renewals:
    """A server that renews, and refuses a refresh token that was used before."""

    def __init__(self) -> None:
        self.used: list[str] = []

    async def __call__(self, refresh_token: str) -> TokenBody:
        assert refresh_token not in self.used
        self.used.append(refresh_token)
        await asyncio.sleep(0.01)
        number = len(self.used)
        return TokenBody(
            access_token=f"access-{number}", refresh_token=f"refresh-{number}", expires_in=900
        )


@pytest.mark.parametrize(("lifetime", "renewed_after"), [(900, 870), (8, 6), (1, 0.75)])
def test_tokens_are_renewed_before_their_end(lifetime: int, renewed_after: float) -> None:
    body = TokenBody(access_token="a", refresh_token="r", expires_in=lifetime)
    kept = Tokens.of(body, 1000.0)
    assert not kept.is_due(1000.0 + renewed_after - 0.01)
    assert kept.is_due(1000.0 + renewed_after)


async def test_many_requests_renew_once() -> None:
    renew = Renewals()
    auth = TokenAuth(renew, tokens("0"))
    assert await asyncio.gather(*(shown(auth) for _ in range(20))) == ["access-1"] * 20
    assert renew.used == ["refresh-0"]


async def test_many_requests_that_are_refused_renew_once() -> None:
    renew = Renewals()
    auth = TokenAuth(renew, tokens("0", renew_at=10.0), clock=lambda: 0.0)
    found = await asyncio.gather(*(shown(auth, refused="access-0") for _ in range(20)))
    assert found == ["access-1"] * 20
    assert renew.used == ["refresh-0"]


async def test_a_new_token_that_is_refused_is_not_renewed_again() -> None:
    renew = Renewals()
    assert await shown(TokenAuth(renew, tokens("0")), refused="access-1") == "access-2"
    assert renew.used == ["refresh-0", "refresh-1"]


async def test_a_renewal_goes_on_when_nobody_waits_any_more() -> None:
    renew = Renewals()
    auth = TokenAuth(renew, tokens("0"))
    waiting = asyncio.create_task(shown(auth))
    await until(lambda: bool(renew.used))
    waiting.cancel()
    assert await shown(auth) == "access-1"
    assert renew.used == ["refresh-0"]


async def test_a_renewal_that_failed_is_tried_again() -> None:
    answers = [Unreachable("it broke")]
    renew = Renewals()

    async def broken_once(refresh_token: str) -> TokenBody:
        if answers:
            raise answers.pop()
        return await renew(refresh_token)

    auth = TokenAuth(broken_once, tokens("0"))
    found = await asyncio.gather(shown(auth), shown(auth), return_exceptions=True)
    assert [type(one) for one in found] == [Unreachable] * 2
    assert await shown(auth) == "access-1"


async def test_tokens_that_cannot_be_kept_are_a_trouble(tmp_path: Path) -> None:
    below = tmp_path / "a file"
    below.write_text("")
    auth = TokenAuth(Renewals(), tokens("0"), token_store(below / "tokens"))
    with pytest.raises(NotKept, match=r"the kept sign-in cannot be used: .*Not a directory"):
        await shown(auth)


async def test_a_renewal_by_another_dashboard_is_adopted(tmp_path: Path) -> None:
    renew = Renewals()
    token_store(tmp_path).keep(tokens("0"))
    ours, theirs = (TokenAuth(renew, tokens("0"), token_store(tmp_path)) for _ in range(2))
    assert [*await asyncio.gather(shown(ours), shown(theirs))] == ["access-1", "access-1"]
    assert renew.used == ["refresh-0"]


@pytest.mark.parametrize("kept", [None, Tokens("hers", "hers", 0.0, "somebody else")])
async def test_what_is_kept_is_left_alone_once_it_is_not_ours(
    tmp_path: Path, kept: Tokens | None
) -> None:
    renew = Renewals()
    auth = TokenAuth(renew, tokens("0"), token_store(tmp_path))
    if kept is not None:
        token_store(tmp_path).keep(kept)
    assert await shown(auth) == "access-1"
    assert renew.used == ["refresh-0"]
    assert token_store(tmp_path).kept() == kept


async def test_a_dashboard_that_was_suspended_while_renewing_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.session.token_store.LOCK_SECONDS", 0.1)
    token_store(tmp_path).keep(tokens("0"))
    lock = os.open(token_store(tmp_path).file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    auth = TokenAuth(Renewals(), tokens("0"), token_store(tmp_path))
    with pytest.raises(NotKept, match="another dashboard has been renewing it"):
        await shown(auth)
    os.close(lock)
    assert await shown(auth) == "access-1"


async def test_the_lock_outlives_what_is_kept(tmp_path: Path) -> None:
    token_store(tmp_path).keep(tokens("0"))
    async with token_store(tmp_path).renewing():
        assert token_store(tmp_path).forget()
        assert token_store(tmp_path).file.with_suffix(".lock").exists()
