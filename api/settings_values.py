"""The parsers of single values. Each raises ValueError without words: the field has them."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from api.database_url import DatabaseUrl

_DEFAULT_PORTS = {"http": 80, "https": 443}


def split(value: object) -> object:
    """Turn a comma-separated text into a tuple; empty parts are dropped."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def http_url(value: str) -> str:
    """The URL with its origin as browsers write it, and no slash at its end."""
    parts = urlsplit(value.strip())
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError
    return _origin(parts) + parts.path.rstrip("/")


def origins(values: tuple[str, ...]) -> tuple[str, ...]:
    """Origins as browsers write them: lower case, no default port (RFC 6454 §6.2)."""
    if not all(re.fullmatch(r"https?://[^/?#@*\s]+", value, re.IGNORECASE) for value in values):
        raise ValueError
    return tuple(_origin(urlsplit(value)) for value in values)


def _origin(parts: SplitResult) -> str:
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise ValueError
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_default = parts.port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{host}" + ("" if is_default else f":{parts.port}")


def path_prefix(value: str) -> str:
    prefix = value.rstrip("/")
    if prefix and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", prefix):
        raise ValueError
    return prefix


def landing(value: str) -> str:
    """Accept a path on this origin or a whole URL; `//host` would leave the origin unseen."""
    if re.fullmatch(r"/(?![/\\])[^\s\\]*", value) or value == "/":
        return value
    parts = urlsplit(value)
    return f"{_origin(parts)}{value[value.index(parts.netloc) + len(parts.netloc) :]}"


def limits_storage(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if text != "memory://" and not re.match(r"rediss?://[^/]+", text):
        raise ValueError
    _ = urlsplit(text).port  # raises where it is none
    return value


def database(value: object) -> object:
    return DatabaseUrl.parse(value) if isinstance(value, str) else value
