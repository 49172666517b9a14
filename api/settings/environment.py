"""Reads the environment, and reports every problem of it at once.

Each problem names its variable and says how to put it right; it never repeats a value.
"""

from __future__ import annotations

import difflib
import os
import secrets
from collections.abc import Mapping

from pydantic import SecretStr, ValidationError

from api.settings.database_url import DatabaseUrl, DatabaseUrlRejected
from api.settings.fields import DEFAULT_DATABASE, Settings, variables
from api.settings.raw_text import trimmed, trimmed_variables
from api.settings.rules import advice, conflicts, odd_texts

_SANIC = "SANIC_"


class SettingsRejected(Exception):
    """The environment cannot be used.

    `problems` holds one line for each variable: its name, the problem and the remedy, never its
    value.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load() -> Settings:
    """Reads the settings from the environment.

    Raises:
        SettingsRejected: with every problem at once.
    """
    present = _present()
    problems: dict[str, str] = {
        name: "cannot be used; it must be valid UTF-8"
        for name, text in present.items()
        if not _is_unicode(text)
    }
    if problems:
        raise SettingsRejected(tuple(f"{name}: {words}" for name, words in problems.items()))
    problems.update(odd_texts(present))
    settings: Settings | None = None
    try:
        settings = Settings()
    except ValidationError as error:
        problems = {**_explain(error), **problems}
    # Sanic reads its own variables. They are checked here because Sanic answers with a traceback,
    # and written back trimmed because it would keep a carriage return in the name of a header.
    os.environ.update({k: text for k, text in present.items() if k.startswith(_SANIC)})
    for variable, problem in conflicts(present):
        problems.setdefault(variable, problem)
    if problems or settings is None:
        raise SettingsRejected(tuple(f"{name}: {words}" for name, words in problems.items()))
    if settings.jwt_secret is None:
        # Mode none alone has no secret; nothing signed with this one outlives the process.
        settings = settings.model_copy(update={"jwt_secret": SecretStr(secrets.token_hex(32))})
    return settings


def _present() -> dict[str, str]:
    """The variables of this server and of Sanic that hold anything, trimmed."""
    known = variables().keys()
    texts = trimmed_variables(os.environ)
    return {name: text for name, text in texts.items() if name in known or name.startswith(_SANIC)}


def _is_unicode(text: str) -> bool:
    """Whether the bytes of the variable were UTF-8; Python reads others as surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def database_from_environment() -> DatabaseUrl:
    """Reads DATABASE_URL alone, for commands that need no other setting.

    Raises:
        SettingsRejected: the variable names no database that this server can use.
    """
    text = trimmed(os.environ.get("DATABASE_URL", ""))
    try:
        return DatabaseUrl.parse(text or DEFAULT_DATABASE)
    except DatabaseUrlRejected as rejected:
        raise SettingsRejected((f"DATABASE_URL: {rejected}",)) from None


def _explain(error: ValidationError) -> dict[str, str]:
    """One line for each variable in our words, because the library's would repeat values."""
    problems = {}
    by_variable = {str(f.validation_alias): f for f in Settings.model_fields.values()}
    for detail in error.errors(include_url=False, include_input=False):
        variable = str(detail["loc"][0])
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, DatabaseUrlRejected):
            problems[variable] = str(cause)
        else:
            problems[variable] = f"cannot be used; it must be {by_variable[variable].description}"
    return problems


def unknown_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each AUTH_ variable that is no setting, with the nearest name that is one."""
    known = variables().keys()
    sentences = []
    for name in sorted(environ):
        if not name.startswith("AUTH_") or name in known:
            continue
        nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        sentences.append(f"{name} is not a setting and is ignored{hint}")
    return tuple(sentences)


def unknown_in_environment() -> tuple[str, ...]:
    """`unknown_variables` of the environment of this process."""
    return unknown_variables(os.environ)


def advice_in_environment() -> tuple[str, ...]:
    """A sentence for each setting of this process that is weaker than it should be."""
    return tuple(advice(_present()))
