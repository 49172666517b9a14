"""The check that proxies make for every request: the caller's identity, roles and scopes.

For nginx `auth_request`, Traefik ForwardAuth and Caddy `forward_auth`. The answer is in headers.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from sanic import HTTPResponse, Request
from sanic.response import BaseHTTPResponse

from api import errors
from api.authentication.credential_cache import CachedCredential
from api.authentication.principal import Principal
from api.http.fast_path import LINE_END, RememberedResponse
from api.http.metrics import count_quietly
from api.http.permissions import anyone
from api.http.requests import SignedInCall, proxy_request_id
from api.http.route_table import Audience, Route

HEADERS = (
    "X-Auth-User-Id",
    "X-Auth-Email",
    "X-Auth-Email-Verified",
    "X-Auth-Name",
    "X-Auth-Roles",
    "X-Auth-Scopes",
    "X-Auth-Method",
)
# Misspelt names of the parameters: `roles`, `Role`, `role[]`, `role[0]`, `role:admin`, `amp;role`.
# They are refused, because ignoring one would grant access without the check.
_MISSPELT = re.compile(r"[\W_]*(amp;)?(role|scope)s?([\W\d_]*|[^\w-].*)", re.IGNORECASE | re.DOTALL)
# Characters sent as they are: printable ASCII but `%`, which begins an escape, and the comma.
_PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in "%,")


async def verify(request: Request, call: SignedInCall) -> HTTPResponse:
    """200 with seven headers about the caller, who has every `role` and `scope` of the query."""
    principal = call.principal
    refusal = lacking(principal, request.query_string)
    if refusal is not None:
        raise refusal
    return HTTPResponse(status=200, headers=headers_of(principal), content_type="text/plain")


def lacking(principal: Principal, query: str) -> type[errors.Forbidden] | None:
    """The refusal for the first part of `query` that `principal` does not hold; None for a yes."""
    for name, value in _asked(query):
        if name == "role":
            if value not in principal.roles:
                return errors.RoleRequired
        elif name != "scope":
            return errors.MisspeltQuestion
        elif not (value and principal.has_scope(value)):
            return errors.ScopeRequired
    return None


@lru_cache(maxsize=1024)
def _asked(query: str) -> tuple[tuple[str, str], ...]:
    """The roles and scopes of a query, also in other words. Blank values are kept: nobody has them."""
    pairs = parse_qsl(query, keep_blank_values=True)
    return tuple((name, value) for name, value in pairs if _MISSPELT.fullmatch(name))


def headers_of(principal: Principal) -> dict[str, str]:
    """The seven headers, all always present; lists are joined by commas."""
    values = (
        str(principal.user_id),
        encoded(principal.email),
        "true" if principal.email_verified else "false",
        encoded(principal.name),
        ",".join(map(encoded, principal.roles)),
        ",".join(map(encoded, principal.scopes)),
        principal.method,
    )
    return dict(zip(HEADERS, values, strict=True))


def encoded(text: str) -> str:
    """`text` as a header value: what is not printable ASCII becomes percent-encoded UTF-8."""
    value = quote(text, safe=_PRINTABLE, errors="replace")
    # A parser would trim these.
    if value.startswith(" ") or value.endswith(" "):
        value = value.replace(" ", "%20")
    return value


# What does not differ from one credential to the next is not remembered with each.
_VERIFY_LINES = LINE_END.join(
    (
        *(name.encode() + b": %b" for name in HEADERS),
        b"content-length: 0",
        b"content-type: text/plain",
        b"x-content-type-options: nosniff",
        b"cache-control: no-store",
    )
)


def answer_verify(request: Request, known: CachedCredential) -> BaseHTTPResponse | None:
    """The answer to `/v1/auth/verify`; None where something that is asked for is not held."""
    if request.query_string and lacking(known.principal, request.query_string) is not None:
        return None
    values = known.verify
    if values is None:
        # No value holds a NUL: they are percent-encoded.
        values = known.verify = "\0".join(headers_of(known.principal).values()).encode()
    count_quietly(request.method, "/v1/auth/verify")
    lines = _VERIFY_LINES % tuple(values.split(b"\0"))
    request_id = proxy_request_id(request)
    return RememberedResponse(
        lines + b"\r\nx-request-id: " + request_id.encode() if request_id else lines, b""
    )


ROUTES = (
    Route(
        ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        "/v1/auth/verify",
        verify,
        "Who is asking, in headers, for a proxy's subrequest",
        guard=anyone,
        answers={200: None},
        refusals=(errors.RoleRequired, errors.ScopeRequired, errors.MisspeltQuestion),
        query={
            "role": "a role that must be held; several must all hold",
            "scope": "a scope that must be held; several must all hold",
        },
        audience=Audience.PROXY,
        effect="read",
        logged="failures",
        fast_answer=answer_verify,
    ),
)
