"""The parsers of single values. Each raises ValueError without words: the field has them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from pydantic import SecretStr

from api.database_url import DatabaseUrl


def split(value: object) -> object:
    """Turn a comma-separated text into a tuple; empty parts are dropped."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return value.rstrip("/")


def origins(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if not re.fullmatch(r"https?://[^/?#@*\s]+", value):
            raise ValueError
    return tuple(value.lower() for value in values)


def path_prefix(value: str) -> str:
    prefix = value.rstrip("/")
    if prefix and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", prefix):
        raise ValueError
    return prefix


def landing(value: str) -> str:
    """Accept a path on this origin or a whole URL; `//host` would leave the origin unseen."""
    if re.fullmatch(r"/(?![/\\])[^\s\\]*", value) or value == "/":
        return value
    return http_url(value) and value


def limits_storage(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text != "memory://" and not re.match(r"rediss?://[^/]+", text):
        raise ValueError
    return value


def database(value: object) -> object:
    return DatabaseUrl.parse(value) if isinstance(value, str) else value
