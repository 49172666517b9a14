"""Owns the ways in which a sign-in with a provider ends without a session.

    SignInFailed             the browser goes to /login?error=oauth_failed
    ├── SignInCancelled      … oauth_cancelled
    ├── SignInNotPermitted   … oauth_not_permitted
    ├── AccountExists        … oauth_account_exists
    └── ProviderTrouble      oauth_failed, and the person who tried did nothing wrong
        └── ClientRefused    … because this server is not what the provider expects

They are no refusals of `api.errors`: a browser is in the middle of a journey, and is led on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote, quote_plus
from uuid import UUID

from api.federation.providers import Provider

# RFC 6749 §4.1.2.1: what an `error` may be; ours are shorter. Anything else is not written down.
_ERROR = re.compile(r"[a-z_]{1,64}")
# Characters of an `error_description` that are written down; Microsoft's longest have about 400.
MAX_DESCRIPTION = 400
MAX_DESCRIPTION_READ = 4096
# Could be a code, a token or a key where a digit is in it; words are shorter.
_LONG = re.compile(r"[A-Za-z0-9_.~+=%-]{24,}")


class SignInFailed(Exception):
    """`why` is for the log: it never holds a code, a token, a secret or what a stranger typed.

    `user_id` is the account that the sign-in was for, where that is known.
    """

    code: ClassVar[str] = "oauth_failed"

    def __init__(self, why: str, *, user_id: UUID | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.user_id = user_id


class SignInCancelled(SignInFailed):
    code = "oauth_cancelled"


class SignInNotPermitted(SignInFailed):
    code = "oauth_not_permitted"


class AccountExists(SignInFailed):
    code = "oauth_account_exists"


class ProviderTrouble(SignInFailed):
    """The provider is down, slow, overloaded, or answers nonsense."""


class ClientRefused(ProviderTrouble):
    """The provider does not accept the client id and secret, or the way in which they are shown."""


def refusal_of(
    error: object, provider: Provider, *, description: object = None, secrets: Iterable[str] = ()
) -> SignInFailed:
    """What a provider's error response means (RFC 6749 §4.1.2.1, §5.2, and GitHub's own words).

    `description` is its `error_description`; neither `secrets` nor the client's are repeated of it.
    """
    kind, why = _meaning(_word(error), provider.redirect_uri)
    said = _cleaned(description, (*secrets, provider.client_secret))
    return kind(f'{why}; it says: "{said}"' if said else why)


def _meaning(word: str, redirect_uri: str) -> tuple[type[SignInFailed], str]:
    if word == "access_denied":
        return SignInCancelled, "the provider was told no"
    if word == "redirect_uri_mismatch":
        return (
            ProviderTrouble,
            f"the provider refused the redirect URI; register {redirect_uri} with it",
        )
    if word in ("invalid_grant", "bad_verification_code"):
        return SignInFailed, (
            f"the provider refused the code ({word}); when it does so always, check that "
            f"{redirect_uri} is registered with it"
        )
    if word in ("invalid_client", "unauthorized_client", "incorrect_client_credentials"):
        return (
            ClientRefused,
            f"the provider refused this server ({word}); check the client id and secret",
        )
    return ProviderTrouble, f"the provider answered with {word}"


def _word(error: object) -> str:
    """An error as a provider names it, where it has the form of one."""
    return error if isinstance(error, str) and _ERROR.fullmatch(error) else "an unreadable error"


def _cleaned(description: object, secrets: Iterable[str]) -> str:
    """A provider's sentence as it may stand in a log: one line, short, and nothing secret in it.

    In the callback it is the browser's word: anybody can write one.
    """
    if not isinstance(description, str) or len(description) > MAX_DESCRIPTION_READ:
        return ""
    for secret in filter(None, secrets):
        for spelling in {
            secret,
            quote(secret, "", errors="replace"),
            quote_plus(secret, errors="replace"),
        }:
            description = re.sub(re.escape(spelling), "…", description, flags=re.IGNORECASE)
    description = _LONG.sub(_without_digits, description)
    printable = "".join(c if c.isprintable() else " " for c in description.replace('"', "'"))
    return " ".join(printable.split())[:MAX_DESCRIPTION]


def _without_digits(found: re.Match[str]) -> str:
    return "…" if any(c.isdigit() for c in found[0]) else found[0]
