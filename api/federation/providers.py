"""The table of providers: each is one value, and a further one is one more row.

The module knows which ones are configured. It does not know how a provider is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from api.errors import OAuthNotConfigured, UnknownOAuthProvider
from api.security.emails import normalise_email
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider, and the client registration of this server there.

    `issuer` is the namespace of its subjects. `allowed_domains` is empty where every address may
    sign in.
    """

    name: str
    title: str
    protocol: Literal["openid", "github"]
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str
    scopes: tuple[str, ...]
    allowed_domains: frozenset[str] = frozenset()
    api_url: str = ""


def table(settings: Settings) -> tuple[Provider, ...]:
    """Every known provider, configured or not, in the order of the contract."""
    return (
        Provider(
            name="google",
            title="Google",
            protocol="openid",
            issuer=settings.google_issuer,
            client_id=settings.google_client_id or "",
            client_secret=_revealed(settings.google_client_secret),
            redirect_uri=settings.redirect_uri("google"),
            scopes=("openid", "email", "profile"),
            allowed_domains=_domains(settings.google_allowed_domains),
        ),
        Provider(
            name="github",
            title="GitHub",
            protocol="github",
            issuer=settings.github_url,
            client_id=settings.github_client_id or "",
            client_secret=_revealed(settings.github_client_secret),
            redirect_uri=settings.redirect_uri("github"),
            scopes=("user:email",),
            api_url=settings.github_api_url,
        ),
        Provider(
            name="oidc",
            title=settings.oidc_name,
            protocol="openid",
            issuer=settings.oidc_issuer or "",
            client_id=settings.oidc_client_id or "",
            client_secret=_revealed(settings.oidc_client_secret),
            redirect_uri=settings.redirect_uri("oidc"),
            scopes=settings.oidc_scopes,
            allowed_domains=_domains(settings.oidc_allowed_domains),
        ),
    )


def configured(settings: Settings) -> tuple[Provider, ...]:
    """The providers that browsers may be sent to, in the order of the contract."""
    return tuple(row for row in table(settings) if row.name in settings.oauth_providers)


def provider_named(settings: Settings, name: str) -> Provider:
    """The configured provider with this name.

    Raises:
        UnknownOAuthProvider: no provider has the name.
        OAuthNotConfigured: the provider is not configured, or the mode is not `full`.
    """
    known = {row.name: row for row in table(settings)}
    if name not in known:
        raise UnknownOAuthProvider
    if name not in settings.oauth_providers:
        raise OAuthNotConfigured(f"{known[name].title} OAuth not configured")
    return known[name]


def _domains(domains: tuple[str, ...]) -> frozenset[str]:
    """The domains in the spelling of stored addresses."""
    return frozenset(normalise_email(f"x@{domain}").partition("@")[2] for domain in domains)


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret is not None else ""
