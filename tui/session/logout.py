"""Logging out: the stored tokens are deleted, and their session is ended."""

from __future__ import annotations

from tui.http.client import Client
from tui.http.errors import NotKept, Trouble
from tui.session.token_store import TokenStore


async def log_out(client: Client, token_store: TokenStore) -> str:
    """Forget what is kept for the client's server; says what became of it."""
    try:
        kept = token_store.kept()
    except NotKept:
        kept = None
    try:
        if not token_store.forget():
            return f"nothing was kept for {token_store.url}"
    except NotKept as wrong:
        return wrong.words
    if kept is None:
        return f"forgot what was kept for {token_store.url}; it could not be used any more"
    try:
        await client.log_out(kept.refresh_token)
    except Trouble as trouble:
        return (
            f"forgot the tokens for {token_store.url}; their session is still open: {trouble.words}"
        )
    return f"forgot the tokens for {token_store.url} and ended their session"
