"""The client's address: the connection's, or the one that a trusted proxy names.

The module does not know how addresses are counted or stored.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import structlog
from sanic import Request
from sanic.headers import parse_forwarded

# An address as RFC 7239 §6 and older proxies write it, in quotes or not: in brackets, without colons,
# or IPv6 as it is. A port may follow the first two; a proxy may hide it behind a word of its own.
_NODE = re.compile(
    r'("?)(?:\[([^\[\]"]*)\]|([^:\[\]"]*)|([^\[\]"]*))(?::(?:[0-9]{1,5}|_[A-Za-z0-9._-]+))?\1'
)
# The longest IPv6 text has 45 characters; zone, brackets, quotes and port come on top.
_MAX_LENGTH = 128
# Characters of all `Forwarded` headers together, some five proxies' worth. Sanic reads them in a time
# that grows with the square of their length: 4 ms for these, 6 s for all that a request may hold.
_MAX_FORWARDED = 1024

log = structlog.get_logger("everruns_auth.requests")


@dataclass(frozen=True, slots=True)
class TrustedProxies:
    """Sanic's settings of the proxies in front; at least one is set."""

    count: int
    list_header: str
    single_header: str
    secret: str = field(repr=False)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> TrustedProxies | None:
        """The settings `SANIC_PROXIES_COUNT` and its like; None where no proxy is trusted."""
        proxies = cls(
            count=config["PROXIES_COUNT"] or 0,
            list_header=str(config["FORWARDED_FOR_HEADER"]),
            single_header=str(config["REAL_IP_HEADER"] or ""),
            # Sanic reads a secret of digits as a number.
            secret=str(config["FORWARDED_SECRET"] or ""),
        )
        return proxies if proxies.count or proxies.single_header or proxies.secret else None

    def told(self, headers: Any) -> str | None:
        """The text of the client's address from the trusted proxy; None where none sent a header.

        The text may be empty or no address. It is not skipped, because the text beside the trusted
        place was written by the client.
        """
        if self.secret:
            if sum(map(len, headers.getall("forwarded", ()))) > _MAX_FORWARDED:
                return ""
            options = parse_forwarded(headers, SimpleNamespace(FORWARDED_SECRET=self.secret))
            if options is not None:
                return str(options.get("for", ""))
        if self.single_header and self.single_header in headers:
            lines = headers.getall(self.single_header)
            return str(lines[0]) if len(lines) == 1 else ""
        if self.count and self.list_header in headers:
            places = ",".join(headers.getall(self.list_header)).rsplit(",", self.count)
            return places[-self.count] if len(places) >= self.count else ""
        return None


def address_of(request: Request) -> str | None:
    """The address of the client, as `plain_address` writes it; None where it is unknown.

    Proxy headers count only if Sanic is configured for them; a request without them came directly.
    """
    proxies: TrustedProxies | None = request.app.ctx.proxies
    if proxies is None:
        if "x-forwarded-for" in request.headers:
            _say_once(
                request,
                "X-Forwarded-For arrives and is ignored; behind a proxy, set SANIC_PROXIES_COUNT, "
                "SANIC_REAL_IP_HEADER or SANIC_FORWARDED_SECRET",
            )
        return plain_address(request.ip)
    told = proxies.told(request.headers)
    if told is None:
        return plain_address(request.ip)
    address = plain_address(told)
    if address is None:
        # Never the proxy's own: a limit or an allowed network of its would be everybody's.
        _say_once(
            request,
            "the proxy does not say whose request it passes on, which counts as an unknown "
            "address; check the header that it sets, and SANIC_PROXIES_COUNT",
        )
    return address


def plain_address(text: str) -> str | None:
    """The address of a text: IPv6 compressed and without zone, IPv4-mapped as IPv4; else None."""
    return _parsed(text) if len(text) <= _MAX_LENGTH else None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> str | None:
    found = _NODE.fullmatch(text.strip())
    if found is None:
        return None
    written = found[2] or found[3] or found[4] or ""
    try:
        # A zone is a word of the machine that wrote it (RFC 4007 §11).
        address = ipaddress.ip_address(written.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _say_once(request: Request, what: str) -> None:
    said: set[str] = request.app.ctx.said_of_proxies
    if what not in said:
        said.add(what)
        log.warning(what)
