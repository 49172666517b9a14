"""The environment variables about the way to a server: proxies and certificates.

Knows nothing of requests. httpx would read the same variables itself, and end in a trace where it cannot
use one; here each is refused by its name, without its value: a proxy's URL may hold a password.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import certifi

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
NO_PROXY = "no_proxy"
CERTIFICATE_FILE, CERTIFICATE_FOLDERS = "SSL_CERT_FILE", "SSL_CERT_DIR"
KEY_LOG = "SSLKEYLOGFILE"
_SOCKS = frozenset({"socks5", "socks5h"})
_SCHEMES = frozenset({"http", "https"}) | _SOCKS
_PORTS = {"http": 80, "https": 443}

Environment = Mapping[str, str]


class EnvironmentRejected(Exception):
    """A variable cannot be used; the words begin with its name."""


def is_loopback(host: str) -> bool:
    """Whether what is sent to the host stays on this machine; names are not looked up."""
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def check(environment: Environment) -> None:
    """Look at every variable, whether this server needs it or not.

    Raises:
        EnvironmentRejected: one cannot be used.
    """
    for name in PROXIES:
        _proxy(name, environment)
    _is_exempt(urlsplit("https://example.com"), environment)
    # Certifi's own take a while to load, and are there.
    if any(environment.get(name) for name in (CERTIFICATE_FILE, CERTIFICATE_FOLDERS, KEY_LOG)):
        certificates(environment)


def proxy_for(url: str, environment: Environment) -> tuple[str, str] | None:
    """The URL of the proxy, and the variable that names it; None: the way is direct.

    `NO_PROXY` takes `*`, names with those below them, addresses and ranges, each with or without a port.

    Raises:
        EnvironmentRejected: a variable cannot be used.
    """
    parts = urlsplit(url)
    if is_loopback(parts.hostname or "") or _is_exempt(parts, environment):
        return None
    return _proxy(f"{parts.scheme}_proxy", environment) or _proxy("all_proxy", environment)


def certificates(environment: Environment) -> ssl.SSLContext:
    """The authorities that may vouch for a server: those of the environment, else certifi's.

    Raises:
        EnvironmentRejected: a variable cannot be used.
    """
    file = environment.get(CERTIFICATE_FILE, "")
    folders = "" if file else environment.get(CERTIFICATE_FOLDERS, "")
    name = CERTIFICATE_FILE if file else CERTIFICATE_FOLDERS
    try:
        # OpenSSL says nothing of a folder that is missing.
        if folders and not any(Path(folder).is_dir() for folder in folders.split(":")):
            raise EnvironmentRejected(f"{name}: it is no folder")
        default = None if folders else certifi.where()
        return ssl.create_default_context(cafile=file or default, capath=folders or None)
    except ssl.SSLError:
        raise EnvironmentRejected(f"{name}: there is no certificate in it") from None
    except OSError as wrong:
        if wrong.filename is not None and wrong.filename == environment.get(KEY_LOG):
            name = KEY_LOG
        raise EnvironmentRejected(f"{name}: {wrong.strerror or 'it cannot be read'}") from None


def _variable(name: str, environment: Environment) -> tuple[str, str]:
    """The name as it is spelled, and the value; the lower-case spelling goes first, as with curl."""
    spelled = name if name in environment else name.upper()
    return spelled, environment.get(spelled, "").strip()


def _proxy(name: str, environment: Environment) -> tuple[str, str] | None:
    spelled, value = _variable(name, environment)
    if not value:
        return None
    url = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(url)
        is_url = bool(parts.hostname) and parts.port != 0 and url.isascii() and " " not in url
    except ValueError:
        is_url = False
    if not is_url:
        example = "http://proxy.example.com:3128"
        raise EnvironmentRejected(f"{spelled}: it is no URL of a proxy, such as {example}")
    if parts.scheme not in _SCHEMES:
        known = ", ".join(f"{scheme}://" for scheme in sorted(_SCHEMES))
        raise EnvironmentRejected(f"{spelled}: a proxy's URL begins with one of: {known}")
    if parts.scheme in _SOCKS and find_spec("socksio") is None:
        raise EnvironmentRejected(
            f"{spelled}: SOCKS needs a package that is not installed: pip install 'httpx[socks]'"
        )
    return url, spelled


def _is_exempt(url: SplitResult, environment: Environment) -> bool:
    spelled, value = _variable(NO_PROXY, environment)
    # Every entry is looked at, so that one that cannot be used is found on every way.
    found = False
    for entry in value.replace(",", " ").split():
        try:
            found |= _matches(entry, url)
        except ValueError:
            raise EnvironmentRejected(
                f"{spelled}: {entry!r} is no name, address or range of addresses"
            ) from None
    return found


def _matches(entry: str, url: SplitResult) -> bool:
    """Whether the URL is what an entry of NO_PROXY means; raises ValueError."""
    host = (url.hostname or "").removesuffix(".")
    if "/" in entry or (entry.count(":") > 1 and not entry.startswith("[")):
        # A range, or an address of IPv6 without a port.
        network = ipaddress.ip_network(entry, strict=False)
        return _is_address(host) and ipaddress.ip_address(host) in network
    parts = urlsplit(f"//{entry}")
    if not parts.hostname:
        raise ValueError(entry)
    if parts.port not in (None, url.port or _PORTS.get(url.scheme)):
        return False
    name = parts.hostname.strip(".")
    if _is_address(name) and _is_address(host):
        return ipaddress.ip_address(name) == ipaddress.ip_address(host)
    return fnmatchcase(host, name) or fnmatchcase(host, f"*.{name}")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
