"""The credential of a request: an API key, or an access token that is renewed quietly.

Knows nothing of paths, nor of how tokens are stored. One renewal runs at a time, and a renewal by another
process is adopted: a refresh token that is used twice would end its session.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from tui.lists.schemas import TokenBody

# An access token is renewed this long before its end, or in the last quarter of a shorter life.
RENEW_SECONDS_BEFORE_END = 30.0


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair of tokens of the user `user_id` (empty: not known yet).

    `renew_at` is in seconds since the epoch, by the clock of this machine: kept tokens outlive the process.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    renew_at: float
    user_id: str = ""

    @classmethod
    def of(cls, body: TokenBody, now: float, user_id: str = "") -> Tokens:
        """The tokens of an answer that came at `now`, in seconds since the epoch."""
        margin = min(RENEW_SECONDS_BEFORE_END, body.expires_in / 4)
        renew_at = now + body.expires_in - margin
        return cls(body.access_token, body.refresh_token, renew_at, user_id)

    def is_due(self, now: float) -> bool:
        """Whether the access token should be renewed before it is used again."""
        return now >= self.renew_at


class Store(Protocol):
    """A place for the tokens that several processes share. Every method raises `NotKept`."""

    def renewing(self) -> AbstractAsyncContextManager[None]:
        """Inside the block no other process renews."""

    def kept(self) -> Tokens | None:
        """The tokens that are stored now."""

    def keep(self, tokens: Tokens) -> None:
        """Replace the stored tokens."""


Auth = httpx.Auth
Renew = Callable[[str], Awaitable[TokenBody]]


class ApiKeyAuth(httpx.Auth):
    """An API key out of the environment; it is never written anywhere."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sends the key with the request."""
        _show(request, self._key)
        yield request


class TokenAuth(httpx.Auth):
    """The tokens of a sign-in. `renew` exchanges a refresh token; `clock` is seconds since the epoch."""

    def __init__(
        self,
        renew: Renew,
        tokens: Tokens,
        store: Store | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._renew = renew
        self._tokens = tokens
        self._store = store
        self._clock = clock
        self._renewal: asyncio.Task[None] | None = None

    @property
    def tokens(self) -> Tokens:
        """The newest tokens."""
        return self._tokens

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Send the request with an access token, and once more with a new one where it is refused.

        Raises:
            Trouble: the tokens could not be renewed.
        """
        if self._tokens.is_due(self._clock()):
            await self._renewed()
        shown = self._tokens.access_token
        _show(request, shown)
        answer = yield request
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            if shown == self._tokens.access_token:
                await self._renewed()
            _show(request, self._tokens.access_token)
            yield request

    async def _renewed(self) -> None:
        """Wait for the one renewal, which goes on when the request that waits for it is cancelled.

        Broken off half-way, the server may have given a successor that nobody has, and the next
        renewal would be a second use.
        """
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._exchange())
            self._renewal.add_done_callback(_retrieve_exception)
        await asyncio.shield(self._renewal)

    async def _exchange(self) -> None:
        async with AsyncExitStack() as locked:
            if self._store is not None:
                await locked.enter_async_context(self._store.renewing())
                kept = self._store.kept()
                if kept is None or kept.user_id != self._tokens.user_id:
                    # It was forgotten, and stays so; or somebody else has signed in and kept theirs.
                    self._store = None
                elif kept.refresh_token != self._tokens.refresh_token:
                    self._tokens = kept
                    return
            body = await self._renew(self._tokens.refresh_token)
            self._tokens = Tokens.of(body, self._clock(), self._tokens.user_id)
            if self._store is not None:
                self._store.keep(self._tokens)


def _show(request: httpx.Request, credential: str) -> None:
    request.headers["Authorization"] = f"Bearer {credential}"


def _retrieve_exception(renewal: asyncio.Task[None]) -> None:
    """A request that waits raises it; where none does, the next request renews again."""
    if not renewal.cancelled():
        renewal.exception()
