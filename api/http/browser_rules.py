"""The rules for requests that a web page makes a browser send: Host, Origin, Fetch Metadata."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from sanic import Request

from api.errors import CrossSiteWrite, EmbeddedSignIn, ForeignHost
from api.http.client_address import plain_address
from api.settings import Settings

# RFC 9110 §7.2: a name or an address, and a port; nothing that an URL could hold besides.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d*)?")
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ANY_ADDRESS = frozenset({"0.0.0.0", "::"})  # noqa: S104  (compared with, not bound to)


def check_site(request: Request, settings: Settings) -> None:
    """Refuses a write that another site's page requested with the user's cookie.

    Programs send neither header and pass (OWASP CSRF Prevention Cheat Sheet, Fetch Metadata).

    Raises:
        CrossSiteWrite: the browser names a page of another site that is not allowed.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        return
    if site == "same-origin":
        return
    allowed = set(settings.cors_origins)
    if site is None:
        allowed |= {settings.origin, *_own_origins(request)}
    if origin is None or origin.lower() not in allowed:
        raise CrossSiteWrite


def check_navigation(request: Request) -> None:
    """Refuses a request for a frame, an image or a prefetch, where only a navigation is allowed.

    Otherwise a page could sign people in at this server unnoticed (ASVS 7.6.2). A link on another
    site is the act of a person. Browsers without Fetch Metadata pass.

    Raises:
        EmbeddedSignIn: the browser says that the request is no navigation of a top-level page.
    """
    headers = request.headers
    mode, destination = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    if destination == "empty" and mode == "navigate":
        # A service worker of our own origin passes on where its page is led.
        is_page = headers.get("sec-fetch-site") == "same-origin"
    else:
        is_page = destination in (None, "document") and mode in (None, "navigate")
    if not is_page or "prefetch" in headers.get("sec-purpose", headers.get("purpose", "")):
        raise EmbeddedSignIn


def is_own_page(request: Request, settings: Settings) -> bool:
    """Whether the request's cookies count: those sent by another site's page do not."""
    try:
        check_site(request, settings)
    except CrossSiteWrite:
        return False
    return True


def check_host(request: Request, settings: Settings) -> None:
    """In mode none, refuse names that a page could have pointed at this machine (DNS rebinding).

    Raises:
        ForeignHost: the Host is not local, not the address bound to, not AUTH_BASE_URL's.
    """
    host = _host_name(request.headers.get("host", ""))
    if host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        return
    if host in (settings.host.lower(), settings.public_host):
        return
    if settings.host in _ANY_ADDRESS and host == _local_address(request):
        return
    raise ForeignHost


def _own_origins(request: Request) -> tuple[str, str]:
    host = request.headers.get("host", "").lower()
    return f"http://{host}", f"https://{host}"


def _host_name(host: str) -> str:
    """The name without its port, in lower case, IPv6 without brackets; empty when unreadable."""
    if not _HOST.fullmatch(host):
        return ""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _local_address(request: Request) -> str | None:
    """The address at which the connection arrived; it is no name, so it cannot be rebound."""
    connection = request.conn_info
    name = connection.sockname if connection is not None else None
    return plain_address(str(name[0])) if isinstance(name, tuple) and name else None
