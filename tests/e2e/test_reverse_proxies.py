"""deploy/nginx.conf and deploy/Caddyfile, in nginx and Caddy themselves; deploy/traefik.yaml read."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import yaml  # type: ignore[import-untyped]

from tests.support.databases import copied_sqlite
from tests.support.processes import Server, environment
from tests.support.reverse_proxies import DEPLOY, HOST, Application, client, require, running

pytestmark = pytest.mark.slow

OPERATOR, PASSWORD = "root@example.com", "the operator's own words"
ADMINS_ONLY = {"/v1/auth/verify?": "/v1/auth/verify?role=admin"}
LARGE = "theme=" + "x" * 7_000


@dataclass
class Site:
    """A server and an application, and what stands before them."""

    server: Server
    application: Application
    name: str
    folder: Path
    url: str = ""
    operator: dict[str, str] = field(default_factory=dict)
    user: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def in_front(self, folder: Path, **changes: Any) -> Iterator[httpx.Client]:
        """A client of the proxy, its file changed as said."""
        with (
            running(self.name, folder, self.server.url, self.application.address, **changes) as url,
            client(url) as http,
        ):
            yield http


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    require(request.param)
    folder = tmp_path_factory.mktemp("site")
    url = copied_sqlite(request.getfixturevalue("sqlite_template"), folder)
    variables = {
        "AUTH_BASE_URL": f"http://{HOST}/api",
        "AUTH_ADMIN_EMAIL": OPERATOR,
        "AUTH_ADMIN_PASSWORD": PASSWORD,
    }
    application = Application()
    with Server(environment(url, **variables), folder).start() as server:
        server.wait_until_it_answers()
        site = Site(server, application, request.param, folder)
        with site.in_front(folder, changes={}) as http:
            site.url = str(http.base_url)
            site.operator = cookies(http, "login", email=OPERATOR, password=PASSWORD)
            site.user = cookies(http, "register", email="ann@example.com", password=PASSWORD)
            yield site
    application.close()


@pytest.fixture
def http(site: Site) -> Iterator[httpx.Client]:
    site.application.asked.clear()
    with client(site.url) as http:
        yield http


def cookies(http: httpx.Client, how: str, **body: str) -> dict[str, str]:
    """What a browser holds after it signed in through the proxy."""
    answer = http.post(f"/api/v1/auth/{how}", json=body)
    assert answer.status_code in (200, 201), answer.text
    held = {name: answer.cookies[name] for name in ("access_token", "refresh_token")}
    http.cookies.clear()
    return held


def sent(held: dict[str, str], *others: str) -> dict[str, str]:
    pairs = [f"{name}={value}" for name, value in held.items()]
    return {"Cookie": "; ".join([*others, *pairs])}


def heard(answer: httpx.Response, name: str) -> list[str]:
    """What the application heard in a header."""
    assert answer.status_code == 200, answer.text
    return [value for told, value in answer.json()["headers"] if told == name]


def test_the_application_s_own_query_is_not_a_question(http: httpx.Client, site: Site) -> None:
    for query in ("?role=x&page=2", "?roles=x", "?scope=", "?role[]=x", ""):
        answer = http.get(f"/{query}", headers=sent(site.user))
        assert answer.status_code == 200, query
        assert httpx.URL(answer.json()["path"]) == httpx.URL(f"/{query}")


def test_nobody_reaches_the_application_unseen(http: httpx.Client, site: Site) -> None:
    for headers in ({}, {"Cookie": "access_token=x"}, {"Authorization": "Bearer x"}):
        assert http.get("/?role=x", headers=headers).status_code == 401
    assert site.application.asked == []


def test_more_can_be_asked_for_behind_the_question_mark(site: Site, tmp_path: Path) -> None:
    with site.in_front(tmp_path, changes=ADMINS_ONLY) as http:
        assert http.get("/?role=user", headers=sent(site.user)).status_code == 403
        assert http.get("/?role=x&page=2", headers=sent(site.operator)).status_code == 200


def test_nobody_writes_who_they_are(http: httpx.Client, site: Site) -> None:
    forged = [
        (name, "forged")
        for stem in ("User-Id", "Email", "Email-Verified", "Name", "Roles", "Scopes", "Method")
        for name in (f"X-Auth-{stem}", f"x-auth-{stem.lower()}", f"X_Auth_{stem}")
    ]
    forged += [("X-Auth_Roles", "forged"), ("X_Auth-Roles", "forged"), ("x_auth_roles", "forged")]
    answer = http.get("/", headers=[*forged, *sent(site.user).items()])
    assert heard(answer, "x-auth-email") == ["ann@example.com"]
    assert heard(answer, "x-auth-roles") == ["user"]
    assert len(heard(answer, "x-auth-user-id")) == 1
    assert "forged" not in json.dumps(answer.json())


@pytest.mark.parametrize(
    "own",
    [
        [],
        ["theme=dark"],
        ["theme=dark", "my_access_token=kept", "refresh_token2=kept"],
        [LARGE],
    ],
)
def test_the_application_gets_its_own_cookies_and_no_tokens(
    own: list[str], http: httpx.Client, site: Site
) -> None:
    ours = [f"{name}={value}" for name, value in site.user.items()]
    for order in ([*own, *ours], [*ours, *own], [ours[1], *own, ours[0]]):
        for separator in ("; ", ";"):
            answer = http.get("/", headers={"Cookie": separator.join(order)})
            found = "".join(heard(answer, "cookie"))
            assert [one.strip() for one in found.split(";") if one.strip()] == own
            assert not set(site.user.values()) & set(json.dumps(answer.json()).split('"'))


def test_a_token_that_is_there_twice_is_taken_out_twice(http: httpx.Client, site: Site) -> None:
    ours = [f"{name}={value}" for name, value in site.user.items()]
    headers = [("Cookie", "; ".join([*ours, "theme=dark"])), ("Cookie", "; ".join(ours))]
    for sent_headers in (headers, [("Cookie", "; ".join([*ours, *ours, *ours]))]):
        answer = http.get("/", headers=sent_headers)
        text = json.dumps(answer.json())
        assert [value for value in site.user.values() if value in text] == []


def test_large_cookies_pass_everywhere(http: httpx.Client, site: Site) -> None:
    assert http.get("/", headers=sent(site.user, LARGE)).status_code == 200
    assert http.get("/api/v1/auth/me", headers=sent(site.user, LARGE)).status_code == 200


def test_a_websocket_reaches_the_application(site: Site) -> None:
    lines = [
        "GET /socket?role=x HTTP/1.1",
        f"Host: {HOST}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Cookie: {sent(site.user)['Cookie']}",
    ]
    place = urlsplit(site.url)
    with socket.create_connection((place.hostname, place.port), 10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        connection.sendall(b"a frame")
        assert connection.recv(64) == b"a frame"


def test_a_body_reaches_the_application_and_confuses_no_check(
    http: httpx.Client, site: Site
) -> None:
    body = gzip.compress(b"hello" * 100)
    headers = {**sent(site.user), "Content-Encoding": "gzip", "Content-Type": "text/plain"}
    answer = http.post("/form?role=x", content=body, headers=headers)
    assert answer.json()["body"].encode("latin-1") == body


def test_what_operators_use_is_the_server_s(http: httpx.Client, site: Site) -> None:
    headers = {**sent(site.operator), "X-Forwarded-For": "6.6.6.6"}
    users = http.get("/api/v1/admin/users", headers=headers).json()["data"]
    assert {row["email"] for row in users} >= {OPERATOR, "ann@example.com"}
    sessions = http.get("/api/v1/admin/sessions", headers=headers).json()["data"]
    assert {row["ip_address"] for row in sessions} == {"127.0.0.1"}
    assert http.get("/api/v1/nowhere", headers=headers).json()["code"] == "not_found"
    assert site.application.asked == []


def test_the_stream_comes_as_it_happens(http: httpx.Client, site: Site) -> None:
    with http.stream("GET", "/api/v1/admin/stream", headers=sent(site.operator)) as stream:
        assert stream.status_code == 200
        lines = stream.iter_lines()
        next(lines)
        with client(site.url) as other:
            cookies(other, "login", email="ann@example.com", password=PASSWORD)
        assert "event: session_opened" in lines


def test_one_request_has_one_id_of_the_proxy_s(http: httpx.Client, site: Site) -> None:
    forged = {"X-Request-Id": "forged"}
    (told,) = heard(http.get("/", headers={**sent(site.user), **forged}), "x-request-id")
    assert told != "forged"
    answer = http.get("/api/v1/auth/sessions", headers=forged)
    assert answer.status_code == 401
    assert answer.headers["x-request-id"] != "forged"
    assert f"request_id={answer.headers['x-request-id']}" in site.server.stderr


def test_traefik_is_told_the_same() -> None:
    told = yaml.safe_load((DEPLOY / "traefik.yaml").read_text("utf-8"))["http"]
    routers, middlewares = told["routers"], told["middlewares"]
    forward = middlewares["signed-in"]["forwardAuth"]
    # A query of its own, so that nobody's is passed on.
    assert forward["address"].endswith("/v1/auth/verify?")
    assert forward["authResponseHeadersRegex"] == "(?i)^X[-_]Auth[-_]"
    checks = routers["application"]["middlewares"]
    assert checks.index("signed-in") < checks.index("without-cookies")
    assert "signed-in" not in routers["everruns-auth"]["middlewares"]
    for router in routers.values():
        assert set(router["middlewares"]) <= set(middlewares)
        servers = told["services"][router["service"]]["loadBalancer"]["servers"]
        assert [urlsplit(row["url"]).hostname for row in servers] == ["127.0.0.1"]
