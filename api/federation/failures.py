"""The ways in which a sign-in with a provider ends without a session.

    SignInFailed             the browser goes to /login?error=oauth_failed
    ├── SignInCancelled      … oauth_cancelled
    ├── SignInNotPermitted   … oauth_not_permitted
    ├── AccountExists        … oauth_account_exists
    └── ProviderTrouble      oauth_failed, and the person who tried did nothing wrong
        └── ClientRefused    … because this server is not what the provider expects

They are no refusals of `api.errors`: the browser is redirected to a page and reads no problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import quote, quote_plus
from uuid import UUID

from api.federation.providers import Provider

# The `error` values that are logged; RFC 6749 §4.1.2.1 allows more, registered ones are shorter.
_ERROR = re.compile(r"[a-z_]{1,64}")
# Characters of an `error_description` that are logged; Microsoft's longest have about 400.
MAX_DESCRIPTION = 400
# Longer descriptions are dropped unread, because cleaning takes time for each character.
MAX_DESCRIPTION_READ = 4096
# Runs of 24 characters and more may be a code, a token or a key if they hold a digit.
_LONG = re.compile(r"[A-Za-z0-9_.~+=%-]{24,}")


class SignInFailed(Exception):
    """A sign-in that ended without a session.

    `why` is logged and holds no code, token, secret or text of a stranger. `user_id` is the account
    that the sign-in was for, where it is known. `code` is the `error` that the browser's URL gets.
    """

    code: ClassVar[str] = "oauth_failed"

    def __init__(self, why: str, *, user_id: UUID | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.user_id = user_id


class SignInCancelled(SignInFailed):
    """The person declined at the provider."""

    code = "oauth_cancelled"


class SignInNotPermitted(SignInFailed):
    """The domain, the settings or the state of the account forbid the sign-in."""

    code = "oauth_not_permitted"


class AccountExists(SignInFailed):
    """The address has an account, and the profile does not prove to own it."""

    code = "oauth_account_exists"


class ProviderTrouble(SignInFailed):
    """The provider is unreachable, slow or overloaded, or its answer is malformed."""


class ClientRefused(ProviderTrouble):
    """The provider refuses the client id and secret, or the way in which they were sent."""


def refusal_of(
    error: object, provider: Provider, *, description: object = None, secrets: Iterable[str] = ()
) -> SignInFailed:
    """The failure that an error response stands for (RFC 6749 §4.1.2.1, §5.2, GitHub's own codes).

    `description` is the response's `error_description`. It is quoted in `why` after `secrets` and
    the client secret are cut out.
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
    """The `error` code if it has the form of one, else words for an unreadable one."""
    return error if isinstance(error, str) and _ERROR.fullmatch(error) else "an unreadable error"


def _cleaned(description: object, secrets: Iterable[str]) -> str:
    """The description as a log line may hold it: short, printable, without `secrets`.

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
