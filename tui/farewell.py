"""Owns logging out for good: the kept tokens are forgotten, and their session ended."""

from __future__ import annotations

from tui.client import Client, connection
from tui.errors import Trouble
from tui.places import Place
from tui.private_files import TooOpen
from tui.tokens import Keeper


async def log_out(place: Place, keeper: Keeper) -> str:
    """Forget what is kept for the place; says what became of it."""
    try:
        kept = keeper.kept()
    except TooOpen:
        kept = None
    if not keeper.forget():
        return f"nothing was kept for {place.url}"
    if kept is None:
        return f"forgot what was kept for {place.url}; it could not be used any more"
    client = Client(connection(place.url))
    try:
        await client.log_out(kept.refresh_token)
    except Trouble as trouble:
        return f"forgot the tokens for {place.url}; their session is still open: {trouble.words}"
    finally:
        await client.close()
    return f"forgot the tokens for {place.url} and ended their session"
