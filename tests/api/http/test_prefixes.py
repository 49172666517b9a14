from __future__ import annotations

import pytest

from tests.api.clients import answering, in_mode
from tests.api.people import me, registered

pytestmark = pytest.mark.anyio

TABLE = [
    ("http://auth.test", "", ["", "/api"]),
    ("http://auth.test/api", "", ["", "/api"]),
    ("http://auth.test", "/auth-api", ["", "/api", "/auth-api"]),
    ("http://auth.test/sso", "", ["", "/api", "/sso"]),
    ("http://auth.test/sso", "/v2", ["", "/api", "/v2", "/sso/v2"]),
    ("http://auth.test/api", "/api", ["", "/api", "/api/api"]),
]
ALL = ("", "/api", "/auth-api", "/sso", "/v2", "/sso/v2", "/api/api")


async def test_the_same_routes_answer_under_each_prefix(database_url: str) -> None:
    for base_url, prefix, answers in TABLE:
        settings = in_mode(database_url, "full", AUTH_BASE_URL=base_url, API_PREFIX=prefix)
        async with answering(settings) as http:
            for tried in ALL:
                answer = await http.get(f"{tried}/v1/auth/config")
                expected = 200 if tried in answers else 404
                assert answer.status_code == expected, (base_url, prefix, tried)


async def test_every_kind_of_route_is_prefixed(database_url: str) -> None:
    async with answering(in_mode(database_url, "full")) as http:
        http.base_url = "http://auth.test/api"
        ann = await registered(http)
        assert (await me(http, ann.bearer)).status_code == 200
        verified = await http.get("/v1/auth/verify", headers=ann.bearer)
        assert verified.status_code == 200
        assert "x-request-id" not in verified.headers
        path = f"/v1/auth/sessions/{ann.session_id}"
        assert (await http.delete(path, headers=ann.bearer)).status_code == 204
        assert (await http.post("/v1/auth/logout")).status_code == 200


async def test_health_ready_and_metrics_are_never_prefixed(database_url: str) -> None:
    settings = in_mode(database_url, "full", AUTH_BASE_URL="http://auth.test/sso", API_PREFIX="/v2")
    async with answering(settings) as http:
        for path in ("/health", "/ready"):
            assert (await http.get(path)).status_code == 200
        assert (await http.get("/metrics")).status_code == 401
        for prefix in ("/api", "/sso", "/v2", "/sso/v2", "/v1"):
            for path in ("/health", "/ready", "/metrics"):
                assert (await http.get(prefix + path)).status_code == 404
