"""Signing in: the ways that a server offers, and the credentials to try.

Knows nothing of screens. Whoever is let in is an operator: that is asked before anything is shown.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace

from tui.http.auth import ApiKeyAuth, Auth, TokenAuth, Tokens
from tui.http.client import Client
from tui.http.errors import NotKept, NotPermitted, NotSignedIn, PlainHttp, Trouble
from tui.lists.schemas import Config, Me, Overview
from tui.session.target import Target
from tui.session.token_store import TokenStore

MODE_NONE = "none"
NO_PASSWORDS = "this server takes no passwords; set EVERRUNS_AUTH_API_KEY to a key of an operator and start again"


@dataclass(frozen=True, slots=True)
class Entered:
    """We are in: who we are there, the first view's numbers, and what went wrong beside."""

    config: Config
    me: Me
    overview: Overview
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """We are not in. With a `config` the server is the right one and wants a sign-in.

    With `is_plain_http` nothing was sent yet: somebody has to say yes first.
    """

    words: str
    config: Config | None = None
    can_sign_in: bool = False
    is_plain_http: bool = False


async def enter(client: Client, target: Target, token_store: TokenStore) -> Entered | Closed:
    """Go in by whatever there is: mode none, the API key, the tokens that were kept."""
    client.auth = None
    try:
        config = await client.config()
    except Trouble as trouble:
        return Closed(trouble.words)
    try:
        if config.mode != MODE_NONE:
            client.auth = kept_auth(client, target, token_store)
        if config.mode == MODE_NONE or client.auth is not None:
            return await _shown_in(client, config)
        words = "" if config.password_auth_enabled else NO_PASSWORDS
    except PlainHttp as asked:
        return Closed(_asking(asked), config, is_plain_http=True)
    except NotSignedIn as refused:
        words = _turned_away(refused, target, token_store)
    except Trouble as trouble:
        words = trouble.words
    return Closed(words, config, can_sign_in=config.password_auth_enabled)


async def sign_in(
    client: Client, email: str, password: str, *, token_store: TokenStore, is_kept: bool
) -> Entered | Closed:
    """Go in by e-mail and password. The tokens are kept only where that was asked for."""
    config = None
    try:
        config = await client.config()
        body = await client.log_in(email, password)
    except PlainHttp as asked:
        return Closed(_asking(asked), config, can_sign_in=True, is_plain_http=True)
    except Trouble as trouble:
        return Closed(trouble.words, config, can_sign_in=config is not None)
    tokens = Tokens.of(body, time.time())
    client.auth = TokenAuth(client.refresh, tokens)
    try:
        entered = await _shown_in(client, config)
    except Trouble as trouble:
        # A session that nobody will use should not be left open.
        client.auth = None
        with suppress(Trouble):
            await client.log_out(tokens.refresh_token)
        return Closed(trouble.words, config, can_sign_in=True)
    if not is_kept:
        return entered
    tokens = replace(tokens, user_id=entered.me.id)
    client.auth = TokenAuth(client.refresh, tokens, token_store)
    return _kept(entered, tokens, token_store)


def _asking(unsent: PlainHttp) -> str:
    return f"{unsent.words}; send it all the same?"


def _kept(entered: Entered, tokens: Tokens, token_store: TokenStore) -> Entered:
    """We are in either way; where the tokens cannot be kept, that is said."""
    try:
        token_store.keep(tokens)
    except NotKept as wrong:
        return replace(entered, remark=wrong.words)
    return entered


async def _shown_in(client: Client, config: Config) -> Entered:
    """Ask for what only operators are shown.

    Raises:
        NotPermitted: this is somebody, and no operator; the words name them.
    """
    me = await client.me()
    try:
        return Entered(config, me, await client.overview())
    except NotPermitted as refused:
        raise NotPermitted(
            f"{me.email} is no operator here: {refused.words}",
            status=refused.status,
            code=refused.code,
        ) from None


def kept_auth(client: Client, target: Target, token_store: TokenStore) -> Auth | None:
    """The API key, or the tokens that were kept; None where there is neither.

    Raises:
        NotKept: the kept tokens can be read by others, or cannot be read at all.
    """
    if target.api_key is not None:
        return ApiKeyAuth(target.api_key)
    kept = token_store.kept()
    return TokenAuth(client.refresh, kept, token_store) if kept is not None else None


def _turned_away(refused: NotSignedIn, target: Target, token_store: TokenStore) -> str:
    """The words for a refused credential; stored tokens are of no use any more."""
    if target.api_key is not None:
        return f"EVERRUNS_AUTH_API_KEY was refused: {refused.words}"
    # Where it cannot be removed it is refused again next time, and no harm is done.
    with suppress(NotKept):
        token_store.forget()
    return f"the sign-in that was kept is over ({refused.words}); sign in again"
