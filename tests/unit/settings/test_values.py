from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from api.settings import Settings, SettingsRejected, variables
from api.settings.database_url import DatabaseUrl

Load = Callable[..., Settings]

# A server with everything configured, so that one variable at a time can be changed.
COMPLETE = {
    "AUTH_MODE": "full",
    "AUTH_JWT_SECRET": "a-secret-that-is-long-enough-for-hs256",
    "AUTH_ADMIN_EMAIL": "root@example.com",
    "AUTH_ADMIN_PASSWORD": "correct horse battery",
    "AUTH_GOOGLE_CLIENT_ID": "google-id",
    "AUTH_GOOGLE_CLIENT_SECRET": "google-secret",
    "AUTH_GITHUB_CLIENT_ID": "github-id",
    "AUTH_GITHUB_CLIENT_SECRET": "github-secret",
    "AUTH_OIDC_ISSUER": "https://id.example.com",
    "AUTH_OIDC_CLIENT_ID": "oidc-id",
    "AUTH_OIDC_CLIENT_SECRET": "oidc-secret",
}
URL = "https://elsewhere.example.com/x"


class Variable(NamedTuple):
    name: str
    default: object
    text: str
    value: object
    unfit: tuple[str, ...] = ()


# Secrets go to a provider: only over TLS, or not off this machine.
NOT_TLS = (
    "QQ",
    "http://QQ.example.com",
    "http://127.0.0.1.QQ.example",
    "https://h/?QQ",
    "https://h/" + "QQ" * 128,
)
DOMAINS = ("@QQ.com", "*.QQ.com", "a.com,b QQ.com", "https://QQ.com")

# The contract's table; `unfit` texts hold QQ where a text can hold anything, to find it again.
TABLE = (
    Variable("AUTH_MODE", "none", " Full ", "full", ("fullQQ", "open", "n\u043ene")),
    Variable("AUTH_HOST", "127.0.0.1", "0.0.0.0", "0.0.0.0"),
    Variable("AUTH_PORT", 9300, "8080", 8080, ("QQ", "-1", "65536", "80.5")),
    Variable(
        "AUTH_BASE_URL",
        "http://localhost:9300/api",
        "https://auth.example.com/",
        "https://auth.example.com",
        ("QQ", "ftp://QQ", "https://", "https://h/?QQ", "https://h/#QQ"),
    ),
    Variable("API_PREFIX", "", "/auth/", "/auth", ("QQ", "/a b", "/QQ?x", "//QQ")),
    Variable("AUTH_JWT_SECRET", None, "s" * 32, "s" * 32, ("QQ" * 15,)),
    Variable(
        "AUTH_JWT_SECRET_PREVIOUS",
        (),
        f"{'a' * 32}, {'b' * 32},",
        ("a" * 32, "b" * 32),
        ("QQ",),
    ),
    Variable("AUTH_JWT_ACCESS_TOKEN_LIFETIME", 900, "1", 1, ("0", "-1", "QQ", "1.5", "15m")),
    Variable("AUTH_JWT_REFRESH_TOKEN_LIFETIME", 2_592_000, "1", 1, ("0", "QQ")),
    Variable("AUTH_SESSION_MAX_LIFETIME", 7_776_000, "0", 0, ("-1", "QQ")),
    Variable("AUTH_REFRESH_REUSE_GRACE", 10, "300", 300, ("-1", "301", "QQ")),
    Variable(
        "AUTH_ADMIN_EMAIL",
        None,
        "a@b.c",
        "a@b.c",
        ("QQ", "@QQ", "QQ@", "a b@c", "anonymous@local", "QQ" * 200 + "@b"),
    ),
    Variable("AUTH_ADMIN_PASSWORD", None, "p", "p", ("QQ" * 513,)),
    Variable("AUTH_DISABLE_PASSWORD", False, "YES", True, ("QQ", "2")),
    Variable("AUTH_DISABLE_SIGNUP", False, "on", True, ("QQ", "2")),
    Variable("AUTH_PASSWORD_MIN_LENGTH", 8, "15", 15, ("0", "1025", "QQ")),
    Variable("AUTH_BCRYPT_COST", 12, "16", 16, ("3", "17", "QQ")),
    Variable("AUTH_GOOGLE_CLIENT_ID", None, "g", "g"),
    Variable("AUTH_GOOGLE_CLIENT_SECRET", None, "g", "g"),
    Variable("AUTH_GOOGLE_REDIRECT_URI", None, URL, URL, ("QQ", "//QQ")),
    Variable("AUTH_GOOGLE_ALLOWED_DOMAINS", (), "A.com, b.com,", ("a.com", "b.com"), DOMAINS),
    Variable("AUTH_GOOGLE_ISSUER", "https://accounts.google.com", URL, URL, NOT_TLS),
    Variable("AUTH_GITHUB_CLIENT_ID", None, "g", "g"),
    Variable("AUTH_GITHUB_CLIENT_SECRET", None, "g", "g"),
    Variable("AUTH_GITHUB_REDIRECT_URI", None, URL, URL, ("QQ", "//QQ")),
    Variable("AUTH_GITHUB_URL", "https://github.com", URL, URL, NOT_TLS),
    Variable("AUTH_GITHUB_API_URL", "https://api.github.com", URL, URL, NOT_TLS),
    Variable("AUTH_OIDC_ISSUER", None, "http://[::1]:8080/", "http://[::1]:8080", NOT_TLS),
    Variable("AUTH_OIDC_CLIENT_ID", None, "o", "o"),
    Variable("AUTH_OIDC_CLIENT_SECRET", None, "o", "o"),
    Variable("AUTH_OIDC_NAME", "OpenID Connect", " Corp ", "Corp", ("QQ" * 33, "Q\nQ")),
    Variable(
        "AUTH_OIDC_SCOPES",
        ("openid", "email", "profile"),
        "openid, email groups",
        ("openid", "email", "groups"),
        ("email QQ", 'openid "QQ"', "openid q\u00e4QQ"),
    ),
    Variable("AUTH_OIDC_ALLOWED_DOMAINS", (), "a.com", ("a.com",), DOMAINS),
    Variable(
        "AUTH_LOGIN_REDIRECT_URL",
        "/",
        "/home?tab=1#top",
        "/home?tab=1#top",
        ("QQ", "//QQ", "/\\QQ", "/a b", "javascript:QQ"),
    ),
    Variable(
        "CORS_ALLOWED_ORIGINS",
        (),
        "https://App.example.com, http://localhost:3000",
        ("https://app.example.com", "http://localhost:3000"),
        ("*", "https://*.QQ", "QQ.com", "https://QQ/", "https://ok.com,QQ", "null"),
    ),
    Variable(
        "DATABASE_URL",
        DatabaseUrl.parse("sqlite://everruns-auth.db"),
        "sqlite:///var/a.db",
        DatabaseUrl.parse("sqlite:///var/a.db"),
        ("QQ", "mysql://QQ", "sqlite://", "sqlite://:memory:", "postgres://u:QQ@h"),
    ),
    Variable(
        "AUTH_RATE_LIMIT_STORAGE",
        "memory://",
        "redis://:pw@cache:6379/0",
        "redis://:pw@cache:6379/0",
        ("QQ", "memcached://QQ", "redis://", "memory://QQ", "redis://:QQ@h:99999"),
    ),
    Variable("AUTH_REMEMBERED_CREDENTIALS", 50_000, "0", 0, ("-1", "QQ", "10000001")),
    Variable("AUTH_LOG_FORMAT", "text", "JSON", "json", ("QQ", "xml")),
    Variable("AUTH_LOG_LEVEL", "info", "Debug", "debug", ("QQ", "trace")),
)
# The secret of mode none is made at random.
WITH_DEFAULT = [v for v in TABLE if v.name != "AUTH_JWT_SECRET"]
UNFIT = [(v.name, text) for v in TABLE for text in v.unfit]


def value_of(settings: Settings, variable: str) -> object:
    value = getattr(settings, variables()[variable])
    if isinstance(value, tuple):
        return tuple(map(revealed, value))
    return revealed(value)


def revealed(value: object) -> object:
    reveal = getattr(value, "get_secret_value", None)
    return reveal() if reveal else value


def test_the_table_has_every_variable() -> None:
    assert {variable.name for variable in TABLE} == set(variables())


@pytest.mark.parametrize("variable", WITH_DEFAULT, ids=lambda v: v.name)
def test_an_unset_variable_has_its_default(variable: Variable, load_with: Load) -> None:
    assert value_of(load_with(), variable.name) == variable.default


@pytest.mark.parametrize("variable", WITH_DEFAULT, ids=lambda v: v.name)
def test_an_empty_variable_counts_as_unset(variable: Variable, load_with: Load) -> None:
    settings = load_with(**{variable.name: ""})
    assert value_of(settings, variable.name) == variable.default


@pytest.mark.parametrize("variable", TABLE, ids=lambda v: v.name)
def test_a_fit_value_is_in_force(variable: Variable, load_with: Load) -> None:
    settings = load_with(**{**COMPLETE, variable.name: variable.text})
    assert value_of(settings, variable.name) == variable.value


@pytest.mark.parametrize(("name", "text"), UNFIT)
def test_an_unfit_value_is_refused_by_its_name_and_without_the_value(
    name: str, text: str, load_with: Load
) -> None:
    with pytest.raises(SettingsRejected) as refused:
        load_with(**{**COMPLETE, name: text})
    (problem,) = refused.value.problems
    assert problem.startswith(f"{name}: ")
    assert "QQ" not in problem
    assert "\n" not in problem


@pytest.mark.parametrize("text", ["true", "1", "yes", "on", "TRUE", "Yes", "ON"])
def test_yes_has_many_spellings(text: str, load_with: Load) -> None:
    assert load_with(AUTH_DISABLE_SIGNUP=text).disable_signup


@pytest.mark.parametrize("text", ["false", "0", "no", "off", "FALSE", "No", "OFF"])
def test_no_has_as_many(text: str, load_with: Load) -> None:
    assert not load_with(AUTH_DISABLE_SIGNUP=text).disable_signup


def test_secrets_do_not_show_in_a_representation(load_with: Load) -> None:
    settings = load_with(
        **COMPLETE,
        DATABASE_URL="postgresql://me:database-secret@db/auth",
        AUTH_RATE_LIMIT_STORAGE="redis://:redis-secret@cache/0",
        AUTH_JWT_SECRET_PREVIOUS="previous-secret-which-is-long-enough",
    )
    shown = repr(settings) + str(settings) + str(settings.database)
    assert "secret-that" not in shown
    assert "-secret" not in shown
    assert "horse" not in shown
