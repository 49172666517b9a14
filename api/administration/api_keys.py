"""An operator's search for API keys, and their revocation: one, or many at once.

The caller must have checked that the request is an operator's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

from api.administration.actor import Actor
from api.audit import Action, record, record_each
from api.errors import ApiKeyNotFound, FieldError, Invalid
from api.request_context import RequestContext
from api.security.digests import digest, is_api_key
from models import ApiKey, database

# At least eight digits, because fewer would match a key by chance.
_PREFIX = re.compile(r"evr_[0-9a-f]{8,}")


async def key_by_id(key_id: UUID) -> ApiKey:
    """The key with this id.

    Raises:
        ApiKeyNotFound: no key has it.
    """
    key = await ApiKey.by_id(key_id)
    if key is None:
        raise ApiKeyNotFound
    return key


async def key_by_id_or_prefix(text: str) -> ApiKey:
    """The one key that `text` names: by its id, its whole text, or its first characters.

    Raises:
        ApiKeyNotFound: no key fits.
        Invalid: several keys have the same first characters.
    """
    found = await _keys_named(text)
    if not found:
        raise ApiKeyNotFound
    if len(found) > 1:
        _refuse_ambiguous(found)
    return found[0]


async def revoke_key(key: ApiKey, actor: Actor, context: RequestContext) -> None:
    """Deletes a key and records it.

    Raises:
        ApiKeyNotFound: it is gone already.
    """
    async with database.transaction():
        if not await ApiKey.remove(key.id):
            raise ApiKeyNotFound
        await record(
            Action.API_KEY_REVOKED,
            context,
            actor_id=actor.user_id,
            user_id=key.user_id,
            detail=actor.detail(key_id=str(key.id)),
        )


async def revoke_keys(
    key_ids: Sequence[UUID], actor: Actor, context: RequestContext
) -> tuple[UUID, ...]:
    """Deletes keys in one transaction; returns the ids that did not exist."""
    wanted = tuple(dict.fromkeys(key_ids))
    async with database.transaction():
        owners = await ApiKey.remove_all(wanted)
        await record_each(
            Action.API_KEY_REVOKED,
            context,
            actor_id=actor.user_id,
            concerned=[
                (owners[key_id], actor.detail(key_id=str(key_id)))
                for key_id in wanted
                if key_id in owners
            ],
        )
    return tuple(key_id for key_id in wanted if key_id not in owners)


async def _keys_named(text: str) -> list[ApiKey]:
    try:
        key = await ApiKey.by_id(UUID(text))
    except ValueError:
        if is_api_key(text):
            whole = await ApiKey.by_digest(digest(text))
            return [whole] if whole is not None else []
        prefix = text.removesuffix("...")
        return await ApiKey.by_prefix(prefix) if _PREFIX.fullmatch(prefix) else []
    return [key] if key is not None else []


def _refuse_ambiguous(found: list[ApiKey]) -> NoReturn:
    named = ", ".join(f"{key.id} ({key.name})" for key in found)
    raise Invalid(FieldError("key", f"Several keys begin so; name one by its id: {named}"))
