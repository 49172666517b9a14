from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.app import create_app
from api.authentication.principal import Principal
from api.errors import AdminRequired, Refusal
from api.http import schemas
from api.http.browser_rules import SAFE_METHODS
from api.http.openapi import document, refusals_of
from api.http.permissions import anyone
from api.http.problems import status_of
from api.http.route_table import Route
from api.routes.all import ROUTES
from tests.support.applications import settings_for

# Whoever adds a line here says that strangers may call it.
PUBLIC = {
    ("GET", "/health"),
    ("GET", "/ready"),
    ("GET", "/v1/auth/config"),
    ("POST", "/v1/auth/register"),
    ("POST", "/v1/auth/login"),
    ("POST", "/v1/auth/refresh"),
    ("POST", "/v1/auth/logout"),
    ("GET", "/v1/auth/oauth/{provider}"),
    ("GET", "/v1/auth/callback/{provider}"),
}
# A log out answers 200 to another site's page and ends nothing; a proxy asks for its own client.
CHECKS_SITES_ITSELF = {"/v1/auth/logout", "/v1/auth/verify"}
USER = Principal(
    user_id=UUID(int=1),
    email="ann@example.com",
    name="Ann",
    avatar_url=None,
    roles=("user",),
    email_verified=True,
    method="jwt",
)

every_route = pytest.mark.parametrize(
    "route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}"
)


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return document(ROUTES, server_url="http://localhost:9300/api")


def operations(written: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for path in written["paths"].values() for one in path.values()]


@every_route
def test_a_route_is_guarded_or_in_the_list_of_public_ones(route: Route) -> None:
    if route.guard is None:
        assert {(method, route.path) for method in route.methods} <= PUBLIC


@every_route
def test_what_is_for_operators_is_guarded_against_users(route: Route) -> None:
    if route.path.startswith(("/v1/admin", "/v1/users", "/metrics")):
        assert route.guard is not None
        with pytest.raises(AdminRequired):
            route.guard(USER)


@every_route
def test_a_write_is_checked_for_the_site_it_comes_from(route: Route) -> None:
    is_safe = SAFE_METHODS.issuperset(route.methods)
    assert is_safe or route.audience.is_checked_for_site or route.path in CHECKS_SITES_ITSELF


@every_route
def test_only_probes_are_answered_under_any_host(route: Route) -> None:
    is_probe = route.path in ("/health", "/ready")
    assert route.audience.is_checked_for_host is not is_probe


@every_route
def test_a_get_that_is_led_to_and_every_other_method_writes_but_a_proxy_s_question(
    route: Route,
) -> None:
    if route.path == "/v1/auth/verify":
        assert not route.is_write
    else:
        assert route.is_write == (route.methods != ("GET",) or "/callback/" in route.path)


@every_route
def test_a_route_that_takes_a_password_may_be_refused_for_its_form(
    route: Route,
) -> None:
    if route.body is not None and route.body.presence == "required":
        assert {400, 415, 422} <= {status_of(one) for one in refusals_of(route)}


@every_route
def test_only_what_any_credential_may_ask_is_answered_from_memory(route: Route) -> None:
    assert route.fast_answer is None or route.guard is anyone


def test_no_two_routes_answer_the_same_question() -> None:
    asked = Counter((method, route.path) for route in ROUTES for method in route.methods)
    assert max(asked.values()) == 1


def test_the_app_answers_every_route_under_every_prefix() -> None:
    settings = settings_for("sqlite://unused.db", API_PREFIX="/auth")
    app = create_app(settings)
    wired = {(method, "/" + route.path) for route in app.router.routes for method in route.methods}
    for route in ROUTES:
        for prefix in ("", "/api", "/auth") if route.audience.has_prefixes else ("",):
            path = prefix + route.path.replace("{", "<").replace("}", ":str>")
            assert {(method, path) for method in route.methods} <= wired


def test_the_document_is_valid(written: dict[str, Any]) -> None:
    assert not list(OpenAPIV31SpecValidator(written).iter_errors())


def test_the_document_refers_only_to_shapes_that_it_has(written: dict[str, Any]) -> None:
    referred = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(written)))
    assert referred == set(written["components"]["schemas"])


@every_route
def test_the_document_has_every_route(route: Route, written: dict[str, Any]) -> None:
    for method in route.methods:
        operation = written["paths"][route.path][method.lower()]
        assert operation["summary"] == route.summary
        assert bool(operation["security"]) is (route.guard is not None)
        assert {str(status) for status in route.answers} <= set(operation["responses"])


@every_route
def test_the_document_has_every_refusal(route: Route, written: dict[str, Any]) -> None:
    for refusal in refusals_of(route):
        status = str(status_of(refusal))
        answer = written["paths"][route.path][route.methods[0].lower()]["responses"]
        described = answer[status]["description"]
        assert int(status) in route.answers or f"`{refusal.code}`" in described


def test_the_stream_is_described_as_one_of_events(written: dict[str, Any]) -> None:
    operation = written["paths"]["/v1/admin/stream"]["get"]
    assert operation["responses"]["200"]["content"] == {
        "text/event-stream": {"schema": {"type": "string"}}
    }
    (parameter,) = operation["parameters"]
    assert (parameter["name"], parameter["in"]) == ("Last-Event-ID", "header")
    refused = operation["responses"]
    assert {"401", "403", "503"} <= refused.keys()


def test_the_overview_is_described_with_its_shape(written: dict[str, Any]) -> None:
    answer = written["paths"]["/v1/admin/overview"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Overview")
    shape = written["components"]["schemas"]["Overview"]
    assert "sign_ins" in shape["required"]


def test_an_operation_is_named_once(written: dict[str, Any]) -> None:
    names = Counter(one["operationId"] for one in operations(written))
    assert max(names.values()) == 1


def test_a_parameter_of_a_path_is_described(written: dict[str, Any]) -> None:
    for path, methods in written["paths"].items():
        for operation in methods.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == {part.strip("{}") for part in path.split("/") if "{" in part}


def test_the_document_has_every_shape_that_is_sent(written: dict[str, Any]) -> None:
    known = set(written["components"]["schemas"])
    sent = {route.body.schema for route in ROUTES if route.body is not None}
    assert {model.__name__ for model in sent} <= known
    assert all(issubclass(model, schemas.Request) for model in sent)


def test_only_the_ways_in_and_out_ignore_unknown_members() -> None:
    lenient = {
        r.path for r in ROUTES if r.body and issubclass(r.body.schema, schemas.LenientRequest)
    }
    names = ("register", "login", "refresh", "logout")
    assert lenient == {f"/v1/auth/{name}" for name in names}


def test_a_refusal_in_the_table_is_one_of_the_tree() -> None:
    for route in ROUTES:
        assert all(issubclass(refusal, Refusal) for refusal in route.refusals)
