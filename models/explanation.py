"""Explanations of database trouble for people: the problem and the remedy."""

from __future__ import annotations

from api.settings.database_url import DatabaseUrl
from models.database import engine_of
from models.engines.rights import Rights
from models.engines.trouble import Trouble
from models.trouble import is_missing_table, is_mixed_up, is_trouble, trouble_of

_RIGHT_MISSING = "42501"


async def explained(url: DatabaseUrl, error: Exception) -> str | None:
    """One line without secrets; None for an error that is not the database's fault."""
    trouble = trouble_of(error)
    if trouble is None:
        return None
    # Without USAGE on the schema its tables look as if they were not there.
    if trouble.code == _RIGHT_MISSING or is_missing_table(error):
        advice = await _missing_rights(url, trouble)
        if advice:
            return _line(url, trouble, advice)
    if is_missing_table(error):
        advice = "the database is not migrated; apply with everruns-admin migrate"
        return _line(url, trouble, advice)
    if is_mixed_up(error):
        advice = "a pooler mixes prepared statements: add ?prepared_statements=off to DATABASE_URL"
        return _line(url, trouble, advice)
    return _line(url, trouble, _ADVICE.get(trouble.kind, ""))


_ADVICE = {
    "read-only": "it takes no writes now; see whether it is a standby, or was made read-only",
    "full": "make room where it is stored",
    "locked": "another program holds it; see which, and end it",
}


async def refusal_of_writes(url: DatabaseUrl) -> str | None:
    """The reason why the role may not write to a migrated database; None if it may."""
    rights = await engine_of(url).missing_rights(url)
    if rights is None:
        return None
    if rights.is_read_only:
        return f"DATABASE_URL: {url} is read-only; {_ADVICE['read-only']}"
    if rights.grants:
        return f"DATABASE_URL: {url} cannot be written by {rights.role}; {_owners_task(rights)}"
    return None


async def _missing_rights(url: DatabaseUrl, trouble: Trouble) -> str | None:
    try:
        rights = await engine_of(url).missing_rights(url)
    except Exception as error:
        if not (is_trouble(error) or isinstance(error, OSError)):
            raise
        return None
    if rights is None:
        return None
    if rights.grants or rights.create_grant:
        return _owners_task(rights)
    if rights.owners and trouble.code == _RIGHT_MISSING:
        return f"migrations are for the owner of the tables ({', '.join(rights.owners)}) to apply"
    return None


def _owners_task(rights: Rights) -> str:
    grants = rights.grants or ((rights.create_grant,) if rights.create_grant else ())
    return f"its owner gives the missing rights: {'; '.join(grants)}"


def _line(url: DatabaseUrl, trouble: Trouble, advice: str) -> str:
    return f"DATABASE_URL: {url}: {trouble.words}" + (f"; {advice}" if advice else "")
