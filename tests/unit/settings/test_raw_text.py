"""Variables as files from elsewhere hold them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from api import settings
from api.settings import Settings, SettingsRejected, advice_in_environment
from api.settings.environment import database_from_environment

Load = Callable[..., Settings]

SECRET = "s" * 32
FULL = {
    "AUTH_MODE": "full",
    "AUTH_JWT_SECRET": SECRET,
    "AUTH_JWT_SECRET_PREVIOUS": "p" * 32,
    "AUTH_ADMIN_EMAIL": "root@example.com",
    "AUTH_ADMIN_PASSWORD": "correct horse battery",
    "AUTH_BASE_URL": "https://auth.example.com/api",
    "API_PREFIX": "/v2",
    "AUTH_DISABLE_SIGNUP": "true",
    "AUTH_BCRYPT_COST": "10",
    "AUTH_OIDC_ISSUER": "https://id.example.com",
    "AUTH_OIDC_CLIENT_ID": "client",
    "AUTH_OIDC_CLIENT_SECRET": "hidden",
    "AUTH_LOGIN_REDIRECT_URL": "/home",
    "CORS_ALLOWED_ORIGINS": "https://app.example.com",
    "DATABASE_URL": "sqlite:///var/a.db",
    "AUTH_RATE_LIMIT_STORAGE": "redis://127.0.0.1",
    "AUTH_LOG_LEVEL": "debug",
}
OPEN_TEXTS = [name for name in FULL if "SECRET" in name or "PASSWORD" in name]


def said(load_with: Load, **variables: str) -> dict[str, str]:
    with pytest.raises(SettingsRejected) as refused:
        load_with(**variables)
    assert all("QQ" not in problem for problem in refused.value.problems)
    return {p.partition(": ")[0]: p.partition(": ")[2] for p in refused.value.problems}


@pytest.mark.parametrize("around", ["\r", "\r\n", " \t", "\u00a0", "\ufeff", "\u3000\ufeff \r"])
def test_white_space_around_a_value_is_not_part_of_it(around: str, load_with: Load) -> None:
    plain = load_with(**FULL)
    assert load_with(**{name: around + text + around for name, text in FULL.items()}) == plain
    assert str(database_from_environment()) == str(plain.database)
    assert not advice_in_environment()


@pytest.mark.parametrize("text", ["\r", "\ufeff", " \u00a0"])
def test_a_variable_of_white_space_is_not_set(text: str, load_with: Load) -> None:
    assert load_with(**dict.fromkeys(FULL, text)).mode == "none"


@pytest.mark.parametrize("text", ['"{}"', "'{}'", "\u201c{}\u201d", '"{}', "{}'", '\ufeff"{}"\r'])
def test_quotes_stop_the_start_by_name(text: str, load_with: Load) -> None:
    for name in settings.variables():
        if "SECRET" not in name and name != "AUTH_ADMIN_PASSWORD":
            odd = text.format(FULL.get(name, "1QQ"))
            assert "quotes" in said(load_with, **{**FULL, name: odd})[name], name


@pytest.mark.parametrize("inside", ["\r", "\n", "\x1b", "\u200b", "\u202e", "\ufeff"])
def test_what_cannot_be_seen_stops_the_start_by_name(inside: str, load_with: Load) -> None:
    for name in ("AUTH_ADMIN_EMAIL", "AUTH_OIDC_CLIENT_ID", "DATABASE_URL", "AUTH_OIDC_NAME"):
        assert "cannot be seen" in said(load_with, **{**FULL, name: f"Q{inside}Q"})[name], name


@pytest.mark.parametrize("name", OPEN_TEXTS)
def test_an_odd_secret_is_taken_as_it_is_and_named(name: str, load_with: Load) -> None:
    for odd in ('"' + "Q" * 40 + '"', "Q" * 20 + "\r" + "Q" * 20):
        assert load_with(**{**FULL, name: odd}).mode == "full"
        (advice,) = advice_in_environment()
        assert advice.startswith(f"{name} ") and "Q" not in advice


@pytest.mark.parametrize("name", OPEN_TEXTS)
@pytest.mark.parametrize("text", ['""', "''", '"'])
def test_quotes_around_nothing_are_no_secret(name: str, text: str, load_with: Load) -> None:
    assert "quotes" in said(load_with, **{**FULL, name: text})[name]


def test_what_sanic_reads_itself_is_put_right_before(load_with: Load) -> None:
    load_with(SANIC_REAL_IP_HEADER="X-Real-IP\r", SANIC_PROXIES_COUNT="\ufeff1")
    assert os.environ["SANIC_REAL_IP_HEADER"] == "X-Real-IP"
    assert os.environ["SANIC_PROXIES_COUNT"] == "1"
    assert "quotes" in said(load_with, SANIC_REAL_IP_HEADER='"QQ"')["SANIC_REAL_IP_HEADER"]
