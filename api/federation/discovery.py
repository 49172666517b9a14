"""The checks of a provider's discovery document (OpenID Connect Discovery §3, §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from api.federation.failures import ProviderTrouble
from api.federation.id_tokens import ALGORITHMS
from api.settings.values import is_confidential

_PRINTABLE_ASCII = re.compile(r"[\x21-\x5b\x5d-\x7e]+")
PATH = "/.well-known/openid-configuration"
_POST, _BASIC = "client_secret_post", "client_secret_basic"


@dataclass(frozen=True, slots=True)
class Metadata:
    """The endpoints and abilities of a provider. `issuer` is spelled as in its id tokens.

    `names_itself` says that callbacks carry `iss` (RFC 9207).
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_methods: tuple[str, ...]
    algorithms: frozenset[str]
    names_itself: bool


def metadata_of(document: object, issuer: str) -> Metadata:
    """The metadata in `document`; `issuer` is the configured one, without a slash at its end.

    Raises:
        ProviderTrouble: the document is another issuer's, or lacks a usable endpoint or algorithm.
    """
    if not isinstance(document, dict):
        raise ProviderTrouble("the discovery document is no JSON object")
    named = document.get("issuer")
    # Discovery §4.3: the document's issuer must be the one that was asked.
    if not isinstance(named, str) or named.rstrip("/") != issuer:
        raise ProviderTrouble(
            "the discovery document is another issuer's; check the issuer setting"
        )
    return Metadata(
        issuer=named,
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        jwks_uri=_endpoint(document, "jwks_uri"),
        userinfo_endpoint=(
            _endpoint(document, "userinfo_endpoint") if document.get("userinfo_endpoint") else None
        ),
        auth_methods=_auth_methods(document),
        algorithms=_algorithms(document),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
    )


def _endpoint(document: dict[str, Any], name: str) -> str:
    url = document.get(name)
    if not isinstance(url, str) or not _is_fit(url):
        raise ProviderTrouble(f"the discovery document's {name} is no https URL")
    return url


def _is_fit(url: str) -> bool:
    """Whether `url` has one reading only, and is https or stays on this machine."""
    try:
        parts = urlsplit(url)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return has_place and _PRINTABLE_ASCII.fullmatch(url) is not None and is_confidential(url)


def _auth_methods(document: dict[str, Any]) -> tuple[str, ...]:
    """The ways to send the client secret, in the order of trying; Basic by default (Discovery §3).

    The form goes first, because providers that announce both often accept the form alone.
    """
    offered = document.get("token_endpoint_auth_methods_supported")
    known = tuple(way for way in (_POST, _BASIC) if isinstance(offered, list) and way in offered)
    return known or (_BASIC,)


def _algorithms(document: dict[str, Any]) -> frozenset[str]:
    """The announced signing algorithms that are safe; all safe ones where none is announced."""
    announced = document.get("id_token_signing_alg_values_supported")
    if not isinstance(announced, list):
        return ALGORITHMS
    safe = ALGORITHMS.intersection(name for name in announced if isinstance(name, str))
    if not safe:
        raise ProviderTrouble("the provider announces no safe way of signing id tokens")
    return safe
