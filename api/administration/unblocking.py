"""Owns an operator's word that an account or a network may try again.

It is a row, so that every worker and node honours it, wherever the failures are counted.
"""

from __future__ import annotations

from contextlib import suppress

from api.administration.actor import Actor
from api.audit import Action, record
from api.errors import FieldError, Invalid
from api.request_context import RequestContext
from api.security.emails import MAX_LENGTH, normalise_email
from api.security.networks import named_network
from models import Unblock, User, database


async def unblock(named: str, actor: Actor, context: RequestContext) -> str:
    """Forgive what failed up to now for an address or a network; returns which, normalised.

    The address need not have an account: an unknown one is limited like a known one.

    Raises:
        Invalid: it names neither.
    """
    subject = _subject(named)
    async with database.transaction():
        user = await User.by_email(subject)
        await Unblock.add(subject, now=await database.clock())
        await record(
            Action.RATE_LIMITED,
            context,
            actor_id=actor.user_id,
            user_id=user.id if user is not None else None,
            # An address without an account stays out: see `record`.
            detail=actor.detail(lifted="account" if _is_email(subject) else subject),
        )
    return subject


def _is_email(text: str) -> bool:
    return "@" in text


def _subject(named: str) -> str:
    """As failures are counted by it; also an address that no new account may have any more."""
    if len(named) <= MAX_LENGTH and "\0" not in named:
        if _is_email(named):
            return normalise_email(named)
        with suppress(ValueError):
            return named_network(named)
    raise Invalid(
        FieldError(
            "named", "Name an e-mail address, an IPv4 address, or an IPv6 address, its /64 or /56"
        )
    )
