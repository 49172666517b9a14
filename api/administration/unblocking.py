"""Lifts the limits on an account or a network.

An unblocking is a row, so that every worker and node obeys it, wherever failures are counted.
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
    """Forgives the failures of an address or a network up to now; returns it normalised.

    The address need not have an account, because unknown ones are limited like known ones.

    Raises:
        Invalid: `named` is neither an address nor a network.
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
    """The subject under which failures are counted; old addresses are accepted as well."""
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
