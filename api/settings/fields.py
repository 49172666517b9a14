"""Every setting: its variable, its type, its default.

The module does not know how the server uses a setting, nor how a problem is reported.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from api.settings import values
from api.settings.database_url import DatabaseUrl
from api.settings.raw_text import trimmed

Mode = Literal["none", "admin", "full"]


def _field(default: Any, variable: str, accepts: str) -> Any:
    """A field read from `variable`; `accepts` says in words which values are valid."""
    return Field(default, validation_alias=variable, description=accepts)


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(values.split)]
Secret = SecretStr | None
HttpUrl = Annotated[str, AfterValidator(values.http_url)]
ProviderUrl = Annotated[str, AfterValidator(values.provider_url)]
Domains = Annotated[Words, AfterValidator(values.domains)]
DEFAULT_DATABASE = "sqlite://everruns-auth.db"
# A hundred years: sums of longer lifetimes and a date would pass the year 9999.
MAX_SECONDS = 3_153_600_000
_SECONDS = "a whole number of seconds from 1 to a hundred years"
_HTTP_URL = "an http:// or https:// URL without query or fragment"
_PROVIDER_URL = "an https:// URL without query or fragment (http:// for a loopback address alone)"
_DOMAINS = "domains such as example.com, separated by commas, each written in full"
_YES_NO = "true or false (1, yes, on and their opposites are understood)"
_TEXT = "any text"


class Settings(BaseSettings):
    """The settings in force, in the order of the documentation.

    The field names are ours, the aliases are the variables' names. Secrets do not show in `repr`.
    """

    model_config = SettingsConfigDict(
        case_sensitive=True, env_ignore_empty=True, extra="ignore", frozen=True
    )

    mode: Annotated[Mode, BeforeValidator(values.lower)] = _field(
        "none", "AUTH_MODE", "none, admin or full"
    )
    host: str = _field("127.0.0.1", "AUTH_HOST", "an address or a host name to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = _field(
        9300, "AUTH_PORT", "a port number from 0 to 65535 (0: any free port)"
    )
    base_url: HttpUrl = _field("http://localhost:9300/api", "AUTH_BASE_URL", _HTTP_URL)
    api_prefix: Annotated[str, AfterValidator(values.path_prefix)] = _field(
        "", "API_PREFIX", "empty, or a path that begins with a slash, as in /api"
    )
    jwt_secret: Secret = _field(
        None, "AUTH_JWT_SECRET", "a secret of 32 bytes or more: openssl rand -hex 32"
    )
    jwt_secrets_previous: Annotated[
        tuple[SecretStr, ...], NoDecode, BeforeValidator(values.split)
    ] = _field((), "AUTH_JWT_SECRET_PREVIOUS", "earlier secrets, separated by commas")
    access_token_seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS)] = _field(
        900, "AUTH_JWT_ACCESS_TOKEN_LIFETIME", _SECONDS
    )
    refresh_token_seconds: Annotated[int, Field(ge=1, le=MAX_SECONDS)] = _field(
        2_592_000, "AUTH_JWT_REFRESH_TOKEN_LIFETIME", _SECONDS
    )
    session_max_seconds: Annotated[int, Field(ge=0, le=MAX_SECONDS)] = _field(
        7_776_000, "AUTH_SESSION_MAX_LIFETIME", "a whole number of seconds (0: no cap)"
    )
    refresh_grace_seconds: Annotated[int, Field(ge=0, le=300)] = _field(
        10, "AUTH_REFRESH_REUSE_GRACE", "a whole number of seconds from 0 to 300"
    )
    admin_email: str | None = _field(None, "AUTH_ADMIN_EMAIL", "an e-mail address")
    admin_password: Secret = _field(None, "AUTH_ADMIN_PASSWORD", "a password")
    disable_password: bool = _field(False, "AUTH_DISABLE_PASSWORD", _YES_NO)
    disable_signup: bool = _field(False, "AUTH_DISABLE_SIGNUP", _YES_NO)
    password_min_length: Annotated[int, Field(ge=1, le=1024)] = _field(
        8, "AUTH_PASSWORD_MIN_LENGTH", "a whole number of characters from 1 to 1024"
    )
    bcrypt_cost: Annotated[int, Field(ge=4, le=16)] = _field(
        12, "AUTH_BCRYPT_COST", "a whole number from 4 to 16"
    )
    google_client_id: str | None = _field(None, "AUTH_GOOGLE_CLIENT_ID", _TEXT)
    google_client_secret: Secret = _field(None, "AUTH_GOOGLE_CLIENT_SECRET", _TEXT)
    google_redirect_uri: HttpUrl | None = _field(None, "AUTH_GOOGLE_REDIRECT_URI", _HTTP_URL)
    google_allowed_domains: Domains = _field((), "AUTH_GOOGLE_ALLOWED_DOMAINS", _DOMAINS)
    google_issuer: ProviderUrl = _field(
        "https://accounts.google.com", "AUTH_GOOGLE_ISSUER", _PROVIDER_URL
    )
    github_client_id: str | None = _field(None, "AUTH_GITHUB_CLIENT_ID", _TEXT)
    github_client_secret: Secret = _field(None, "AUTH_GITHUB_CLIENT_SECRET", _TEXT)
    github_redirect_uri: HttpUrl | None = _field(None, "AUTH_GITHUB_REDIRECT_URI", _HTTP_URL)
    github_url: ProviderUrl = _field("https://github.com", "AUTH_GITHUB_URL", _PROVIDER_URL)
    github_api_url: ProviderUrl = _field(
        "https://api.github.com", "AUTH_GITHUB_API_URL", _PROVIDER_URL
    )
    oidc_issuer: ProviderUrl | None = _field(None, "AUTH_OIDC_ISSUER", _PROVIDER_URL)
    oidc_client_id: str | None = _field(None, "AUTH_OIDC_CLIENT_ID", _TEXT)
    oidc_client_secret: Secret = _field(None, "AUTH_OIDC_CLIENT_SECRET", _TEXT)
    oidc_name: Annotated[str, AfterValidator(values.title)] = _field(
        "OpenID Connect", "AUTH_OIDC_NAME", "a name of 1 to 64 printable characters"
    )
    oidc_scopes: Annotated[tuple[str, ...], NoDecode, BeforeValidator(values.scopes)] = _field(
        ("openid", "email", "profile"),
        "AUTH_OIDC_SCOPES",
        "scopes separated by spaces or commas, openid among them",
    )
    oidc_allowed_domains: Domains = _field((), "AUTH_OIDC_ALLOWED_DOMAINS", _DOMAINS)
    login_redirect_url: Annotated[str, AfterValidator(values.landing)] = _field(
        "/",
        "AUTH_LOGIN_REDIRECT_URL",
        "a path that begins with one slash, or a whole http(s) URL",
    )
    cors_origins: Annotated[Words, AfterValidator(values.origins)] = _field(
        (),
        "CORS_ALLOWED_ORIGINS",
        "origins such as https://app.example.com, separated by commas; * cannot be allowed, "
        "because the answers depend on who is signed in",
    )
    database: Annotated[DatabaseUrl, NoDecode, BeforeValidator(values.database)] = _field(
        DatabaseUrl.parse(DEFAULT_DATABASE),
        "DATABASE_URL",
        "sqlite://FILE or postgresql://USER:PASSWORD@HOST:PORT/NAME",
    )
    rate_limit_storage: Annotated[SecretStr, AfterValidator(values.limits_storage)] = _field(
        SecretStr("memory://"),
        "AUTH_RATE_LIMIT_STORAGE",
        "memory:// or redis://HOST:PORT/DB",
    )
    remembered_credentials: Annotated[int, Field(ge=0, le=10_000_000)] = _field(
        50_000,
        "AUTH_REMEMBERED_CREDENTIALS",
        "a whole number: how many verified credentials a worker remembers (0: none)",
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(values.lower)] = _field(
        "text", "AUTH_LOG_FORMAT", "text or json"
    )
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(values.lower)
    ] = _field("info", "AUTH_LOG_LEVEL", "debug, info, warning or error")

    @model_validator(mode="before")
    @classmethod
    def _trim(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Removes white space around values, and variables that are blank."""
        texts = {k: trimmed(v) if isinstance(v, str) else v for k, v in values.items()}
        return {k: v for k, v in texts.items() if v != ""}

    @property
    def access_token_lifetime(self) -> timedelta:
        """Time from the issue of an access token to its `exp`."""
        return timedelta(seconds=self.access_token_seconds)

    @property
    def refresh_token_lifetime(self) -> timedelta:
        """Time after its last rotation for which a session can be refreshed."""
        return timedelta(seconds=self.refresh_token_seconds)

    @property
    def session_max_lifetime(self) -> timedelta | None:
        """Age past which no rotation extends a session; None for no cap."""
        return timedelta(seconds=self.session_max_seconds) if self.session_max_seconds else None

    @property
    def refresh_grace(self) -> timedelta:
        """Time for which a rotated refresh token still gives its successor; zero for none."""
        return timedelta(seconds=self.refresh_grace_seconds)

    @property
    def password_auth_enabled(self) -> bool:
        """Whether accounts may sign in with a password; never in mode none."""
        return self.mode != "none" and not self.disable_password

    @property
    def signup_enabled(self) -> bool:
        """Whether strangers may register; in mode full alone."""
        return self.mode == "full" and not self.disable_signup

    @property
    def oauth_providers(self) -> tuple[str, ...]:
        """The names of the configured providers, in the order of the contract; in mode full alone."""
        configured = {
            "google": self.google_client_id,
            "github": self.github_client_id,
            "oidc": self.oidc_client_id,
        }
        return tuple(name for name, ident in configured.items() if ident and self.mode == "full")

    @property
    def origin(self) -> str:
        """Scheme, host and port of the public URL, as a browser writes them (RFC 6454 §6.2)."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc.lower()}"

    @property
    def public_host(self) -> str:
        """The host name or address of the public URL."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether the public URL is https; cookies are then `Secure`."""
        return self.base_url.startswith("https://")

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The path prefixes under which every route but health, ready and metrics answers."""
        public = urlsplit(self.base_url).path.rstrip("/") + self.api_prefix
        return tuple(dict.fromkeys(("", "/api", self.api_prefix, public)))

    def redirect_uri(self, provider: str) -> str:
        """The callback URL that is registered with `provider`."""
        chosen = {
            "google": self.google_redirect_uri,
            "github": self.github_redirect_uri,
        }
        default = f"{self.base_url}{self.api_prefix}/v1/auth/callback/{provider}"
        return chosen.get(provider) or default


def variables() -> dict[str, str]:
    """The name of every variable, with the name of the field that it fills."""
    return {str(field.validation_alias): name for name, field in Settings.model_fields.items()}
