"""The form of the route table, from which the app is wired and the OpenAPI document is written."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Literal

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


class Audience(Enum):
    """Who calls a route: whether it stands under the prefixes, and what a browser may have it do."""

    # Programs, and pages of sites that are allowed.
    API = auto()
    # A browser, which any site may lead here: the handler decides what its cookies are worth.
    BROWSER = auto()
    # A proxy, whose subrequest carries the headers of its own client.
    PROXY = auto()
    # A collector of metrics, which knows no prefix.
    SCRAPER = auto()
    # A prober of liveness: no prefix either, and whatever the Host.
    PROBE = auto()

    @property
    def has_prefixes(self) -> bool:
        """Whether the route answers under each prefix of the settings."""
        return self not in (Audience.SCRAPER, Audience.PROBE)

    @property
    def is_checked_for_host(self) -> bool:
        """Whether mode none refuses a foreign Host."""
        return self is not Audience.PROBE

    @property
    def is_checked_for_site(self) -> bool:
        """Whether a write is refused that another site's page asks for."""
        return self in (Audience.API, Audience.SCRAPER)


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON that a route reads. A lenient one is optional, and ignored where it is unreadable."""

    schema: type[schemas.Request]
    presence: Literal["required", "optional", "lenient"] = "required"


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """An answer that is a bare array of rows."""

    row: type[BaseModel]


@dataclass(frozen=True, slots=True)
class MediaType:
    """An answer that is no JSON, and has no schema."""

    name: str


# None for an empty body.
Answer = type[BaseModel] | ArrayOf | MediaType | None


@dataclass(frozen=True, slots=True)
class Route:
    """One operation: where it answers, who may call it, what goes in and what comes out.

    A route without a guard is public. `path` is written as in the contract, `{id}` for a
    parameter. `answers` maps a status to what comes with it.
    """

    methods: tuple[str, ...]
    path: str
    handler: Handler
    summary: str
    guard: Guard | None = None
    body: Body | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    refusals: tuple[type[Refusal], ...] = ()
    # A text describes a parameter that may be repeated.
    query: Mapping[str, str | Parameter] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    audience: Audience = Audience.API
    # Said where the methods do not say it: a GET that a browser is led to may write.
    effect: Literal["read", "write", "as the method says"] = "as the method says"
    # Below debug level; successes are counted either way.
    logged: Literal["always", "failures"] = "always"
    # Answers a remembered credential in the guard's and the handler's place.
    fast_answer: FastAnswer | None = None

    @property
    def name(self) -> str:
        """The name of the handler, which is Sanic's name of the route."""
        return self.handler.__name__

    @property
    def is_write(self) -> bool:
        """Whether the route may change what is stored."""
        if self.effect == "as the method says":
            return not SAFE_METHODS.issuperset(self.methods)
        return self.effect == "write"


def add_routes(app: Sanic[Any, Any], routes: tuple[Route, ...], settings: Settings) -> None:
    """Wire each route under each of its prefixes."""
    for route in routes:
        endpoint = _endpoint(route, settings)
        # At debug level successful checks are logged like everything else.
        if route.fast_answer is not None and settings.log_level != "debug":
            endpoint = fast_path(endpoint, route.fast_answer, settings)
        for number, prefix in enumerate(
            settings.prefixes if route.audience.has_prefixes else ("",)
        ):
            app.add_route(
                endpoint,
                prefix + route.path.replace("{", "<").replace("}", ":str>"),
                methods=_with_head(route.methods),
                # Refusals are rendered by `problems.py`. Unsaid, Sanic would look for a format in
                # the source of every handler, which takes a third of the start.
                error_format="json",
                name=f"{route.name}_{number}",
                ctx_is_quiet=route.logged == "failures",
                ctx_path=route.path,
            )


def _with_head(methods: tuple[str, ...]) -> list[str]:
    return [*methods, "HEAD"] if "GET" in methods and "HEAD" not in methods else list(methods)


def _endpoint(route: Route, settings: Settings) -> Handler:
    """The endpoint for Sanic: the checks around a handler, chosen once at start."""
    guard, is_open_mode = route.guard, settings.mode == "none"
    audience, handler = route.audience, route.handler
    is_checked_for_host = is_open_mode and audience.is_checked_for_host
    is_checked_for_site = audience.is_checked_for_site

    async def settled(request: Request, **parameters: str) -> HTTPResponse | None:
        """A write is answered, also with a no, once this worker has heard of what it did."""
        try:
            return await endpoint(request, **parameters)
        finally:
            await request.app.ctx.services.invalidation.settle()

    async def endpoint(request: Request, **parameters: str) -> HTTPResponse | None:
        services = request.app.ctx.services
        if is_checked_for_host:
            check_host(request, settings)
            if is_checked_for_site:
                check_site(request, settings)
        context = context_of(request)
        if guard is None:
            return await handler(request, Call(services, context), **parameters)
        principal = await principal_of(
            request,
            settings,
            services.authenticator,
            context,
            is_checked_for_site=is_checked_for_site,
        )
        request.ctx.user_id = principal.user_id
        guard(principal)
        call = SignedInCall(services, context, principal)
        return await handler(request, call, **parameters)

    return settled if route.is_write else endpoint
