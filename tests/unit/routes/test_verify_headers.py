from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from api.authentication.principal import Principal
from api.routes.public.verify import encoded, headers_of

ANN = Principal(
    user_id=UUID(int=1),
    email="ann@example.com",
    name="Ann Under",
    avatar_url=None,
    roles=("user", "admin"),
    email_verified=False,
    method="api_key",
    scopes=("keys:read", "billing.*"),
)


def test_the_seven_headers_say_who_is_asking() -> None:
    assert headers_of(ANN) == {
        "X-Auth-User-Id": "00000000-0000-0000-0000-000000000001",
        "X-Auth-Email": "ann@example.com",
        "X-Auth-Email-Verified": "false",
        "X-Auth-Name": "Ann Under",
        "X-Auth-Roles": "user,admin",
        "X-Auth-Scopes": "keys:read,billing.*",
        "X-Auth-Method": "api_key",
    }


def test_every_header_is_there_also_when_it_is_empty() -> None:
    nobody = replace(ANN, email="", name="", roles=(), scopes=(), email_verified=True)
    headers = headers_of(nobody)
    assert len(headers) == 7
    assert headers["X-Auth-Roles"] == headers["X-Auth-Name"] == ""
    assert headers["X-Auth-Email-Verified"] == "true"


def test_a_comma_inside_a_role_does_not_make_two_roles() -> None:
    headers = headers_of(replace(ANN, roles=("user,admin",)))
    assert headers["X-Auth-Roles"] == "user%2Cadmin"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Ann Under", "Ann Under"),
        ("ann+news@example.com", "ann+news@example.com"),
        ("\"<>/?&=;:'()[]{}|\\~", "\"<>/?&=;:'()[]{}|\\~"),
        ("José", "Jos%C3%A9"),
        ("李", "%E6%9D%8E"),
        ("🙂", "%F0%9F%99%82"),
        ("100%", "100%25"),
        ("Under, Ann", "Under%2C Ann"),
        ("a\r\nX-Auth-Roles: admin", "a%0D%0AX-Auth-Roles: admin"),
        ("tab\tbed", "tab%09bed"),
        ("\x7f", "%7F"),
        (" Ann ", "%20Ann%20"),
    ],
)
def test_what_is_not_printable_ascii_is_percent_encoded(text: str, value: str) -> None:
    assert encoded(text) == value
