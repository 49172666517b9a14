"""Redirects: the targets that are allowed, and the answer."""

from __future__ import annotations

import re
from urllib.parse import quote

from sanic import HTTPResponse

from api.settings import Settings

# Characters of a target, which is part of a cookie of which a browser may hold four.
MAX_TARGET_LENGTH = 512
# Printable ASCII alone, and no backslash: browsers drop controls and read `\` as `/`, so that what
# looks like a path could name a host (OWASP Unvalidated Redirects Cheat Sheet).
_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
# No user info: `https://good.example@evil.example` is a URL of evil.example.
_URL = re.compile(r"(https?://[A-Za-z0-9.:\[\]-]+)(?:[/?#][\x21-\x5b\x5d-\x7e]*)?", re.IGNORECASE)
_DEFAULT_PORT = re.compile(r"^(http(?=:)(?=.*:80$)|https(?=:)(?=.*:443$))(.*):\d+$")


def fit_target(text: str | None, settings: Settings) -> str | None:
    """The target if it is a path of this origin or a URL of an allowed one, else None."""
    if not text or len(text) > MAX_TARGET_LENGTH:
        return None
    if _PATH.fullmatch(text):
        return text
    url = _URL.fullmatch(text)
    return text if url and _origin(url[1]) in settings.cors_origins else None


def lead_to(url: str) -> HTTPResponse:
    """A 303 to `url` (RFC 9110 §15.4.4), which sends no Referer."""
    return HTTPResponse(
        status=303,
        # Said, though there is no body: Sanic would write the word None.
        content_type="text/plain; charset=utf-8",
        headers={
            # A setting may hold other letters than a header can.
            "Location": quote(url, safe="!#$%&'()*+,/:;=?@[]~"),
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
        },
    )


def _origin(text: str) -> str:
    """The origin as the settings spell it: lower case, no default port."""
    return _DEFAULT_PORT.sub(r"\1\2", text.lower())
