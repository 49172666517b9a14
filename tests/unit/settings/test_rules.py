from __future__ import annotations

from collections.abc import Callable

import pytest

from api.settings import Settings, SettingsRejected, unknown_variables
from api.settings.rules import advice

Load = Callable[..., Settings]

SECRET = "s" * 32
OPERATOR = {
    "AUTH_ADMIN_EMAIL": "root@example.com",
    "AUTH_ADMIN_PASSWORD": "correct horse battery",
}


def problems(load_with: Load, **variables: str) -> dict[str, str]:
    """The lines a start would print, by the variable's name."""
    with pytest.raises(SettingsRejected) as refused:
        load_with(**variables)
    lines = [problem.partition(": ") for problem in refused.value.problems]
    assert len({name for name, _, _ in lines}) == len(lines)
    return {name: words for name, _, words in lines}


@pytest.mark.parametrize(
    "name",
    [
        "AUTH_JWT_SECRET",
        "AUTH_ADMIN_EMAIL",
        "AUTH_ADMIN_PASSWORD",
        "AUTH_GOOGLE_CLIENT_SECRET",
        "AUTH_GITHUB_CLIENT_SECRET",
        "AUTH_OIDC_CLIENT_SECRET",
    ],
)
def test_a_mode_left_unsaid_beside_a_secret_stops_the_start(name: str, load_with: Load) -> None:
    found = problems(load_with, **{name: "x@y.example"})
    assert "say AUTH_MODE=none if you mean it" in found["AUTH_MODE"]


def test_mode_none_may_be_said_beside_a_secret(load_with: Load) -> None:
    settings = load_with(AUTH_MODE="none", AUTH_JWT_SECRET="short", **OPERATOR)
    assert settings.mode == "none"


def test_mode_none_gets_a_random_secret_at_each_start(load_with: Load) -> None:
    one, other = load_with().jwt_secret, load_with().jwt_secret
    assert one is not None
    assert one != other
    assert len(one.get_secret_value()) >= 32


@pytest.mark.parametrize("mode", ["admin", "full"])
def test_a_mode_with_sessions_needs_a_secret(mode: str, load_with: Load) -> None:
    found = problems(load_with, AUTH_MODE=mode, **OPERATOR)
    assert "openssl rand -hex 32" in found["AUTH_JWT_SECRET"]


@pytest.mark.parametrize("secret", ["s" * 31, "é" * 15])
def test_mode_full_refuses_a_secret_under_32_bytes(secret: str, load_with: Load) -> None:
    found = problems(load_with, AUTH_MODE="full", AUTH_JWT_SECRET=secret)
    assert "32 bytes" in found["AUTH_JWT_SECRET"]


@pytest.mark.parametrize("secret", ["s" * 32, "é" * 16])
def test_32_bytes_are_enough(secret: str, load_with: Load) -> None:
    assert load_with(AUTH_MODE="full", AUTH_JWT_SECRET=secret).mode == "full"


def test_mode_admin_takes_a_short_secret_with_a_warning(load_with: Load) -> None:
    variables = {"AUTH_MODE": "Admin", "AUTH_JWT_SECRET": "too-short", **OPERATOR}
    assert load_with(**variables).mode == "admin"
    (sentence,) = advice(variables)
    assert sentence.startswith("AUTH_JWT_SECRET ")
    assert "too-short" not in sentence


def test_a_long_secret_needs_no_advice() -> None:
    assert not list(advice({"AUTH_MODE": "admin", "AUTH_JWT_SECRET": SECRET}))


def test_mode_admin_needs_both_halves_of_its_operator(load_with: Load) -> None:
    found = problems(load_with, AUTH_MODE="admin", AUTH_JWT_SECRET=SECRET)
    assert found.keys() == {"AUTH_ADMIN_EMAIL", "AUTH_ADMIN_PASSWORD"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("AUTH_ADMIN_EMAIL", "AUTH_ADMIN_PASSWORD"),
        ("AUTH_GOOGLE_CLIENT_ID", "AUTH_GOOGLE_CLIENT_SECRET"),
        ("AUTH_GITHUB_CLIENT_ID", "AUTH_GITHUB_CLIENT_SECRET"),
    ],
)
def test_half_a_pair_is_refused_by_the_name_of_the_missing_half(
    one: str, other: str, load_with: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = {"AUTH_MODE": "full", "AUTH_JWT_SECRET": SECRET}
    assert one in problems(load_with, **base, **{other: "x@y.example"})
    monkeypatch.delenv(other)
    assert other in problems(load_with, **base, **{one: "x@y.example"})


OIDC = {
    "AUTH_OIDC_ISSUER": "https://id.example.com",
    "AUTH_OIDC_CLIENT_ID": "id",
    "AUTH_OIDC_CLIENT_SECRET": "secret",
}


@pytest.mark.parametrize("name", OIDC)
def test_of_the_generic_provider_s_three_all_or_none_are_set(name: str, load_with: Load) -> None:
    base = {"AUTH_MODE": "full", "AUTH_JWT_SECRET": SECRET}
    assert problems(load_with, **base, **{name: OIDC[name]}).keys() == OIDC.keys() - {name}


def test_a_short_previous_secret_is_refused_in_mode_full(load_with: Load) -> None:
    previous = f"{SECRET}, short"
    found = problems(
        load_with,
        AUTH_MODE="full",
        AUTH_JWT_SECRET=SECRET,
        AUTH_JWT_SECRET_PREVIOUS=previous,
    )
    assert found.keys() == {"AUTH_JWT_SECRET_PREVIOUS"}


def test_every_problem_is_told_at_once(load_with: Load) -> None:
    found = problems(
        load_with,
        AUTH_MODE="full",
        AUTH_PORT="many",
        DATABASE_URL="mysql://db",
        AUTH_GOOGLE_CLIENT_ID="id",
        AUTH_BCRYPT_COST="99",
    )
    assert found.keys() == {
        "AUTH_PORT",
        "DATABASE_URL",
        "AUTH_BCRYPT_COST",
        "AUTH_JWT_SECRET",
        "AUTH_GOOGLE_CLIENT_SECRET",
    }


@pytest.mark.parametrize(
    "name", ["AUTH_JWT_SECRET", "AUTH_JWT_SECRET_PREVIOUS", "AUTH_ADMIN_PASSWORD"]
)
def test_bytes_that_are_no_utf_8_are_refused_like_any_other_value(
    name: str, load_with: Load
) -> None:
    base = {"AUTH_MODE": "full", "AUTH_JWT_SECRET": SECRET, **OPERATOR}
    found = problems(load_with, **{**base, name: "\udcff" * 40})
    assert found.keys() == {name}


def test_a_blank_client_id_configures_no_provider(load_with: Load) -> None:
    settings = load_with(AUTH_MODE="full", AUTH_JWT_SECRET=SECRET, AUTH_GOOGLE_CLIENT_ID=" ")
    assert settings.oauth_providers == ()


def test_an_unknown_variable_gets_the_nearest_known_name() -> None:
    environ = {"AUTH_JWT_SECERT": "hidden", "PATH": "/bin", "AUTH_MODE": "none"}
    (sentence,) = unknown_variables(environ)
    assert sentence.startswith("AUTH_JWT_SECERT ")
    assert sentence.endswith("did you mean AUTH_JWT_SECRET?")
    assert "hidden" not in sentence


def test_a_variable_like_no_other_gets_no_guess() -> None:
    (sentence,) = unknown_variables({"AUTH_ZZZZZZZZZZ": "1"})
    assert "did you mean" not in sentence


@pytest.mark.parametrize(
    "email", ["\uff52oot@example.com", "ro\u2800ot@example.com", "\ufb01nn@example.com"]
)
def test_an_operator_whose_address_looks_like_another_stops_the_start(
    email: str, load_with: Load
) -> None:
    variables = {**OPERATOR, "AUTH_ADMIN_EMAIL": email}
    found = problems(load_with, AUTH_MODE="admin", AUTH_JWT_SECRET=SECRET, **variables)
    assert "look like others" in found["AUTH_ADMIN_EMAIL"]
