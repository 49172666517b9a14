"""Owns the form of the route table: from it the app is wired and the OpenAPI document is written."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from sanic import HTTPResponse, Request, Sanic

from api.errors import Refusal
from api.http import schemas
from api.http.browser_rules import SAFE_METHODS, check_host, check_site
from api.http.credentials import principal_of
from api.http.fast_path import FastAnswer, fast_path
from api.http.permissions import Guard
from api.http.requests import Call, SignedInCall, context_of
from api.settings import Settings

# None where the handler has responded already, as a stream does.
Handler = Callable[..., Coroutine[Any, Any, HTTPResponse | None]]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the query: what it means, and its JSON schema. May be given once."""

    description: str
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: where it answers, who may call it, what goes in and what comes out.

    A route without a guard is public. `path` is written as in the contract, `{id}` for a
    parameter. `answers` maps a status to its schema, None for an empty body.
    """

    methods: tuple[str, ...]
    path: str
    handler: Handler
    summary: str
    guard: Guard | None = None
    body: type[schemas.Request] | None = None
    is_body_optional: bool = False
    # Takes any body, and ignores what it cannot read.
    is_lenient: bool = False
    answers: Mapping[int, type[BaseModel] | None] = field(default_factory=dict)
    is_list: bool = False
    # Of an answer that is no JSON, and has no schema.
    media_type: str | None = None
    refusals: tuple[type[Refusal], ...] = ()
    # A text describes a parameter that may be repeated.
    query: Mapping[str, str | Parameter] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    is_prefixed: bool = True
    # Answered, whatever the Host and whichever page asks: probes and subrequests of proxies.
    is_for_probes: bool = False
    is_checked_for_site: bool = True
    # A GET that changes things, because a browser is led to it.
    is_write: bool = False
    # Successes are counted, not logged, below debug level.
    is_quiet: bool = False
    # Answers a remembered credential in the guard's and the handler's place.
    fast_answer: FastAnswer | None = None

    @property
    def name(self) -> str:
        return self.handler.__name__


def add_routes(app: Sanic[Any, Any], routes: tuple[Route, ...], settings: Settings) -> None:
    """Wire each route under each of its prefixes."""
    for route in routes:
        endpoint = _endpoint(route, settings)
        # At debug level successful checks are logged like everything else.
        if route.fast_answer is not None and settings.log_level != "debug":
            endpoint = fast_path(endpoint, route.fast_answer, settings)
        for number, prefix in enumerate(settings.prefixes if route.is_prefixed else ("",)):
            app.add_route(
                endpoint,
                prefix + route.path.replace("{", "<").replace("}", ":str>"),
                methods=_with_head(route.methods),
                # Refusals are rendered by `problems.py`. Unsaid, Sanic would look for a format in
                # the source of every handler, which takes a third of the start.
                error_format="json",
                name=f"{route.name}_{number}",
                ctx_is_quiet=route.is_quiet,
                ctx_path=route.path,
            )


def _with_head(methods: tuple[str, ...]) -> list[str]:
    return [*methods, "HEAD"] if "GET" in methods and "HEAD" not in methods else list(methods)


def _endpoint(route: Route, settings: Settings) -> Handler:
    """What Sanic calls: the checks around a handler, chosen once, at start."""
    guard, is_open_mode = route.guard, settings.mode == "none"
    is_unsafe = not SAFE_METHODS.issuperset(route.methods) and not route.is_quiet
    is_write = route.is_write or is_unsafe

    async def settled(request: Request, **parameters: str) -> HTTPResponse | None:
        """A write is answered, also with a no, once this worker has heard of what it did."""
        try:
            return await endpoint(request, **parameters)
        finally:
            await request.app.ctx.services.invalidation.settle()

    async def endpoint(request: Request, **parameters: str) -> HTTPResponse | None:
        services = request.app.ctx.services
        if is_open_mode and not route.is_for_probes:
            check_host(request, settings)
            if route.is_checked_for_site:
                check_site(request, settings)
        context = context_of(request)
        if guard is None:
            return await route.handler(request, Call(services, context), **parameters)
        principal = await principal_of(
            request, services, context, is_checked_for_site=route.is_checked_for_site
        )
        request.ctx.user_id = principal.user_id
        guard(principal)
        call = SignedInCall(services, context, principal)
        return await route.handler(request, call, **parameters)

    return settled if is_write else endpoint
