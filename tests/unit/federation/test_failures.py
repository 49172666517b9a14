"""What is written down of a provider's error response, which may hold anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from api.federation.failures import (
    MAX_DESCRIPTION,
    MAX_DESCRIPTION_READ,
    SignInCancelled,
    refusal_of,
)
from api.federation.providers import Provider

CODE = "c0de with/odd+signs"
PROVIDER = Provider(
    name="oidc",
    title="OpenID Connect",
    protocol="openid",
    issuer="https://id.example",
    client_id="id",
    client_secret="hush hush/+",
    redirect_uri="https://auth.example/callback",
    scopes=("openid",),
)


def said(description: Any) -> str:
    """What is told of the description."""
    failed = refusal_of("access_denied", PROVIDER, description=description, secrets=("", CODE))
    assert isinstance(failed, SignInCancelled)
    told, _, rest = failed.why.partition('; it says: "')
    assert told == "the provider was told no"
    return rest.removesuffix('"')


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ("AADSTS50105: the user is not assigned", "AADSTS50105: the user is not assigned"),
        ("a\r\nforged=line\t\x00\x7f", "a forged=line"),
        ("\x1b]0;title\x07 bell", "]0;title bell"),
        ("le\u202eft \u2028 \ud800 é", "le ft é"),
        ('say "no"', "say 'no'"),
        (" \n ", ""),
        (None, ""),
        (7, ""),
        (["no"], ""),
        ("", ""),
    ],
)
def test_it_is_one_line_of_printable_text(description: Any, told: str) -> None:
    assert said(description) == told


@pytest.mark.parametrize("secret", [CODE, PROVIDER.client_secret])
def test_secrets_are_cut_out_however_they_are_spelled(secret: str) -> None:
    for spelling in (secret, secret.upper(), quote(secret, safe=""), quote_plus(secret)):
        assert said(f"the code {spelling} is none") == "the code … is none"


@pytest.mark.parametrize(
    "token",
    [
        "evr_" + "0" * 64,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "4%2F0AX4XfWh_example-of-a-code",
    ],
)
def test_other_tokens_are_cut_out(token: str) -> None:
    assert said(f"no {token}.") in ("no ….", "no …")


def test_it_is_short() -> None:
    words = "word " * 800
    assert len(said(words)) == MAX_DESCRIPTION
    assert said("a " * MAX_DESCRIPTION_READ) == ""
