from __future__ import annotations

from typing import Any

import pytest
from sanic import Request
from sanic.compat import Header

from api.errors import CrossSiteWrite, ForeignHost
from api.http.browser_rules import check_host, check_site
from api.settings import Settings
from tests.support.applications import settings_for

URL = "sqlite://unused.db"
OWN, ALLOWED, FOREIGN = (
    "https://auth.example.com",
    "https://app.example.com",
    "https://evil.example",
)


def asked(method: str = "POST", **headers: str) -> Request:
    """A request with `headers`, underscores for hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    app: Any = None
    return Request(b"/v1/auth/refresh", Header(named), "1.1", method, app, app)


@pytest.fixture
def settings() -> Settings:
    return settings_for(
        URL, AUTH_BASE_URL=f"{OWN}/api", CORS_ALLOWED_ORIGINS="https://App.Example.com"
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"host": "auth.example.com"},
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin", "origin": OWN},
        {"sec_fetch_site": "same-site", "origin": ALLOWED},
        {"sec_fetch_site": "cross-site", "origin": ALLOWED},
        {"origin": OWN},
        {"origin": OWN.upper()},
        {"origin": ALLOWED},
        {"origin": "http://10.0.0.5:9300", "host": "10.0.0.5:9300"},
        {"origin": "https://proxied.example", "host": "proxied.example"},
    ],
)
def test_a_write_of_our_own_or_an_allowed_page_is_let_in(
    headers: dict[str, str], settings: Settings
) -> None:
    check_site(asked(**headers), settings)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": ""},
        {"sec_fetch_site": "cross-site", "origin": FOREIGN},
        {"sec_fetch_site": "same-site", "origin": "https://other.example.com"},
        {"sec_fetch_site": "cross-site", "origin": OWN},
        {"sec_fetch_site": "cross-site", "origin": "null"},
        {"origin": FOREIGN},
        {"origin": "null"},
        {"origin": ""},
        {"origin": f"{ALLOWED}.evil.example"},
        {"origin": f"{ALLOWED}:8443"},
        {"origin": ALLOWED.replace("https", "http")},
        {"origin": FOREIGN, "host": "auth.example.com"},
    ],
)
def test_a_write_of_another_sites_page_is_refused(
    headers: dict[str, str], settings: Settings
) -> None:
    with pytest.raises(CrossSiteWrite):
        check_site(asked(**headers), settings)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_method_that_writes_is_checked(method: str, settings: Settings) -> None:
    with pytest.raises(CrossSiteWrite):
        check_site(asked(method, origin=FOREIGN), settings)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_read_is_not_concerned(method: str, settings: Settings) -> None:
    check_site(asked(method, sec_fetch_site="cross-site", origin=FOREIGN), settings)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:9300",
        "localhost.",
        "app.localhost:9300",
        "127.0.0.1:9300",
        "127.9.9.9",
        "[::1]:9300",
        "192.0.2.9:9300",
        "auth.example.com",
        "Auth.Example.com:443",
    ],
)
def test_without_authentication_local_names_are_answered(host: str) -> None:
    settings = settings_for(
        URL, AUTH_MODE="none", AUTH_HOST="192.0.2.9", AUTH_BASE_URL=f"{OWN}/api"
    )
    check_host(asked(host=host), settings)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "evil.example:9300",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "notlocalhost",
        "192.0.2.10",
        "[::1",
        "localhost@evil.example",
        "[2001:db8::1]:9300",
        "0.0.0.0",
    ],
)
def test_without_authentication_other_names_are_refused(host: str) -> None:
    settings = settings_for(
        URL, AUTH_MODE="none", AUTH_HOST="192.0.2.9", AUTH_BASE_URL=f"{OWN}/api"
    )
    with pytest.raises(ForeignHost):
        check_host(asked(host=host), settings)


def test_a_request_without_a_host_is_refused(settings: Settings) -> None:
    with pytest.raises(ForeignHost):
        check_host(asked(), settings)


class Connection:
    """What Sanic knows of a connection that arrived at an address of ours."""

    sockname = ("192.0.2.20", 9300)


def test_listening_everywhere_the_address_arrived_at_is_a_local_name() -> None:
    settings = settings_for(URL, AUTH_MODE="none", AUTH_HOST="0.0.0.0")
    request, connection = asked(host="192.0.2.20:9300"), Connection()
    request.conn_info = connection  # type: ignore[assignment]
    check_host(request, settings)
    request.headers["host"] = "192.0.2.21:9300"
    with pytest.raises(ForeignHost):
        check_host(request, settings)
