"""Owns what a request shows: nothing, an API key, or an access token that is renewed quietly.

Knows nothing of paths and answers. Renewal happens one at a time, and a renewal that another process
has made is adopted: using a refresh token twice would end the session.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Protocol

from tui.http.errors import NotKept
from tui.lists.schemas import TokenBody
from tui.session import token_store as clock
from tui.session.private_files import TooOpen
from tui.session.token_store import Tokens, TokenStore

Renew = Callable[[str], Awaitable[TokenBody]]


class Access(Protocol):
    """What the client asks for before each request, and after one that was refused."""

    async def credential(self, renew: Renew) -> str | None:
        """What goes behind `Bearer`; None for nothing."""

    async def another(self, refused: str | None, renew: Renew) -> str | None:
        """A credential instead of the refused one; None where there is none."""


class Nobody:
    """Mode none, and whoever has not signed in yet."""

    async def credential(self, renew: Renew) -> str | None:  # noqa: ARG002  (the protocol's)
        return None

    async def another(self, refused: str | None, renew: Renew) -> str | None:  # noqa: ARG002
        return None


class ByKey:
    """An API key out of the environment; it is never written anywhere."""

    def __init__(self, key: str) -> None:
        self._key = key

    async def credential(self, renew: Renew) -> str | None:  # noqa: ARG002
        return self._key

    async def another(self, refused: str | None, renew: Renew) -> str | None:  # noqa: ARG002
        return None


class ByTokens:
    """A sign-in. With a token_store the tokens are kept, and shared with other dashboards."""

    def __init__(self, tokens: Tokens, token_store: TokenStore | None = None) -> None:
        self._tokens = tokens
        self._token_store = token_store
        self._renewal: asyncio.Task[None] | None = None

    @property
    def tokens(self) -> Tokens:
        return self._tokens

    async def credential(self, renew: Renew) -> str | None:
        if self._tokens.is_due(clock.now()):
            return await self.another(self._tokens.access_token, renew)
        return self._tokens.access_token

    async def another(self, refused: str | None, renew: Renew) -> str | None:
        if self._tokens.access_token == refused:
            await asyncio.shield(self._under_way(renew))
        return self._tokens.access_token

    def _under_way(self, renew: Renew) -> asyncio.Task[None]:
        """The one renewal, which goes on when whoever waits for it is no longer interested.

        Broken off half-way, the server may have given a successor that nobody has, and the next
        renewal would be a second use.
        """
        if self._renewal is None or self._renewal.done():
            self._renewal = asyncio.create_task(self._renew(renew))
            self._renewal.add_done_callback(_take_note)
        return self._renewal

    async def _renew(self, renew: Renew) -> None:
        with ExitStack() as locked:
            if self._token_store is not None:
                with _kept_privately():
                    await asyncio.to_thread(locked.enter_context, self._token_store.renewing())
                    elsewhere = self._token_store.kept()
                if elsewhere is None or elsewhere.user_id != self._tokens.user_id:
                    # It was forgotten, and stays so; or somebody else has signed in and kept theirs.
                    self._token_store = None
                elif elsewhere.refresh_token != self._tokens.refresh_token:
                    self._tokens = elsewhere
                    return
            body = await renew(self._tokens.refresh_token)
            self._tokens = Tokens.of(body, clock.now(), self._tokens.user_id)
            if self._token_store is not None:
                with _kept_privately():
                    self._token_store.keep(self._tokens)


@contextmanager
def _kept_privately() -> Iterator[None]:
    """What may go wrong with the file of the tokens is a trouble like others."""
    try:
        yield
    except (OSError, TooOpen) as wrong:
        raise NotKept.because(wrong) from None


def _take_note(renewal: asyncio.Task[None]) -> None:
    """Who waited was told; where nobody did, it is told when the next one asks."""
    if not renewal.cancelled():
        renewal.exception()
