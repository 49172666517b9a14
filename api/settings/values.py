"""The parsers of single values. Each raises ValueError without words; the field has them."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from api.settings.database_url import DatabaseUrl

MAX_TITLE_LENGTH = 64
# Characters that the column of an identity's issuer holds.
MAX_PROVIDER_URL_LENGTH = 255
_DEFAULT_PORTS = {"http": 80, "https": 443}


def split(value: object) -> object:
    """A comma-separated text as a tuple, without empty parts; other values unchanged."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def lower(value: object) -> object:
    """A text in lower case without white space around it; other values unchanged."""
    return value.strip().lower() if isinstance(value, str) else value


def http_url(value: str) -> str:
    """The URL with its origin as browsers write it, without a slash at its end."""
    parts = urlsplit(value.strip())
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError
    return _origin(parts) + parts.path.rstrip("/")


def provider_url(value: str) -> str:
    """A URL that secrets are sent to: https, or http on this machine (RFC 6749 §3.2)."""
    url = http_url(value)
    if not is_confidential(url) or len(url) > MAX_PROVIDER_URL_LENGTH:
        raise ValueError
    return url


def is_confidential(url: str) -> bool:
    """Whether nobody on the network can read a request to `url`: https, or a loopback address."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def domains(values: tuple[str, ...]) -> tuple[str, ...]:
    """Domains in lower case; patterns and addresses are refused, because they would match nothing."""
    if not all(re.fullmatch(r"[^\s@*/:]+", value) for value in values):
        raise ValueError
    return tuple(value.lower() for value in values)


def scopes(value: object) -> object:
    """Scopes as RFC 6749 §3.3 spells them, `openid` among them, else there is no id token."""
    if not isinstance(value, str):
        return value
    words = tuple(filter(None, re.split(r"[\s,]+", value)))
    if "openid" not in words or not all(
        re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", w) for w in words
    ):
        raise ValueError
    return words


def title(value: str) -> str:
    """A display name of 1 to 64 printable characters, trimmed."""
    name = value.strip()
    if not name.isprintable() or not 1 <= len(name) <= MAX_TITLE_LENGTH:
        raise ValueError
    return name


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
    """A path prefix without a slash at its end; empty for none."""
    prefix = value.rstrip("/")
    if prefix and not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", prefix):
        raise ValueError
    return prefix


def landing(value: str) -> str:
    """A path on this origin, or a whole URL; `//host` is refused because it leaves the origin."""
    if re.fullmatch(r"/(?![/\\])[^\s\\]*", value) or value == "/":
        return value
    parts = urlsplit(value)
    return f"{_origin(parts)}{value[value.index(parts.netloc) + len(parts.netloc) :]}"


def limits_storage(value: SecretStr) -> SecretStr:
    """A storage URL: `memory://`, `redis://…` or `rediss://…`."""
    text = value.get_secret_value()
    if text != "memory://" and not re.match(r"rediss?://[^/]+", text):
        raise ValueError
    _ = urlsplit(text).port  # raises where it is none
    return value


def database(value: object) -> object:
    """The `DatabaseUrl` of a text; other values unchanged.

    Raises:
        DatabaseUrlRejected: the text names no database that this server can use.
    """
    return DatabaseUrl.parse(value) if isinstance(value, str) else value
