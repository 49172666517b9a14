"""Writes the OpenAPI 3.1 document from the route table, so that it cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import __version__, errors
from api.errors import Refusal
from api.http import schemas
from api.http.problems import status_of
from api.http.route_table import Answer, ArrayOf, MediaType, Parameter, Route

_COMPONENT = "#/components/schemas/{model}"
_PROBLEM = "application/problem+json"

_TOO_LARGE = {
    "description": "`payload_too_large`: the body is larger than 64 KiB",
    "content": {_PROBLEM: {"schema": {"$ref": _COMPONENT.format(model="Problem")}}},
}
_SECURITY_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token, or an API key: `Authorization: Bearer …`",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "An API key: `Authorization: ApiKey evr_…`, or the key alone",
    },
    "cookie": {"type": "apiKey", "in": "cookie", "name": "access_token"},
}


def document(routes: tuple[Route, ...], *, server_url: str) -> dict[str, Any]:
    """The document; paths are the contract's, without the prefixes under which they also answer."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        for method in route.methods:
            paths.setdefault(route.path, {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Everruns Auth",
            "version": __version__,
            "description": "Passwords, sessions and API keys, refused on the very next request "
            "once they are revoked.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server_url}],
        "paths": paths,
        "components": {
            "schemas": _schemas(routes),
            "securitySchemes": _SECURITY_SCHEMES,
        },
    }


def _operation(route: Route, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name if len(route.methods) == 1 else f"{route.name}_{method.lower()}",
        "summary": route.summary,
        "parameters": [*_path_parameters(route), *_query_parameters(route), *_headers(route)],
        "responses": {**_answers(route), **_refusals(route)},
        "security": [{name: []} for name in _SECURITY_SCHEMES] if route.guard else [],
    }
    if route.body is not None:
        operation["requestBody"] = {
            "required": route.body.presence == "required",
            "content": {"application/json": {"schema": _reference(route.body.schema)}},
        }
    return operation


def _path_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for part in route.path.split("/"):
        if part.startswith("{"):
            name = part.strip("{}")
            is_id = name.endswith("_id")
            schema = {"type": "string", **({"format": "uuid"} if is_id else {})}
            yield {
                "name": name,
                "in": "path",
                "required": True,
                "schema": schema,
            }


def _query_parameters(route: Route) -> Iterable[dict[str, Any]]:
    for name, parameter in route.query.items():
        if isinstance(parameter, str):
            parameter = Parameter(parameter, {"type": "array", "items": {"type": "string"}})  # noqa: PLW2901
        yield {
            "name": name,
            "in": "query",
            "description": parameter.description,
            "schema": dict(parameter.schema),
        }


def _headers(route: Route) -> Iterable[dict[str, Any]]:
    for name, description in route.headers.items():
        yield {
            "name": name,
            "in": "header",
            "description": description,
            "schema": {"type": "string"},
        }


def _answers(route: Route) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for status, answer in route.answers.items():
        answers[str(status)] = {"description": route.summary, **_content(answer)}
    return answers


def _content(answer: Answer) -> dict[str, Any]:
    if answer is None:
        return {}
    if isinstance(answer, MediaType):
        return {"content": {answer.name: {"schema": {"type": "string"}}}}
    if isinstance(answer, ArrayOf):
        schema: dict[str, Any] = {"type": "array", "items": _reference(answer.row)}
    else:
        schema = _reference(answer)
    return {"content": {"application/json": {"schema": schema}}}


def _refusals(route: Route) -> dict[str, Any]:
    too_large = {"413": _TOO_LARGE} if route.body is not None else {}
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in refusals_of(route):
        by_status.setdefault(status_of(refusal), []).append(refusal)
    return too_large | {
        str(status): {
            "description": "; ".join(f"`{r.code}`: {r.words}" for r in refusals),
            "content": {_PROBLEM: {"schema": _reference(schemas.Problem)}},
        }
        for status, refusals in sorted(by_status.items())
        if status not in route.answers
    }


def refusals_of(route: Route) -> tuple[type[Refusal], ...]:
    """The route's own refusals and those that its guard, its body and its storage bring."""
    brought: list[type[Refusal]] = []
    if route.guard is not None:
        brought += [
            errors.AuthenticationRequired,
            errors.InvalidToken,
            errors.InvalidApiKeyFormat,
            errors.InvalidApiKey,
            errors.ApiKeyExpired,
            errors.DatabaseUnavailable,
        ]
        if route.audience.is_checked_for_site and "GET" not in route.methods:
            brought.append(errors.CrossSiteWrite)
    if route.body is not None:
        brought.append(errors.DatabaseUnavailable)
        if route.body.presence != "lenient":
            brought += [
                errors.MalformedJson,
                errors.UnsupportedMediaType,
                errors.Invalid,
            ]
    if route.audience.is_checked_for_host:
        brought.append(errors.ForeignHost)
    return tuple(dict.fromkeys((*route.refusals, *brought)))


def _schemas(routes: tuple[Route, ...]) -> dict[str, Any]:
    models: dict[type[BaseModel], None] = {schemas.Problem: None}
    for route in routes:
        models |= dict.fromkeys(_models(route))
    wanted = [
        (model, "validation" if issubclass(model, schemas.Request) else "serialization")
        for model in models
    ]
    _, definitions = models_json_schema(wanted, ref_template=_COMPONENT)  # type: ignore[arg-type]
    return dict(definitions["$defs"])


def _models(route: Route) -> Iterable[type[BaseModel]]:
    if route.body is not None:
        yield route.body.schema
    for answer in route.answers.values():
        if isinstance(answer, ArrayOf):
            yield answer.row
        elif answer is not None and not isinstance(answer, MediaType):
            yield answer


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _COMPONENT.format(model=model.__name__)}
