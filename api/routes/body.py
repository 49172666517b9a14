"""Bytes to a schema, or a refusal that never repeats what was sent."""

from __future__ import annotations

from typing import TypeVar

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sanic import Request

from api.errors import FieldError, Invalid, MalformedJson, UnsupportedMediaType
from api.routes import schemas

T = TypeVar("T", bound=schemas.Request)

_WORDS = {
    "missing": "Required",
    "string_type": "Must be a text",
    "int_type": "Must be a whole number",
    "int_from_float": "Must be a whole number",
    "int_parsing_size": "Must be a smaller number",
    "bool_type": "Must be true or false",
    "list_type": "Must be a list",
    "model_type": "Must be a JSON object",
    "model_attributes_type": "Must be a JSON object",
    "string_too_long": "Too long",
    "too_long": "Too many",
    "string_unicode": "Must be valid Unicode",
}


def read(request: Request, schema: type[T]) -> T:
    """The body as `schema`.

    Raises:
        UnsupportedMediaType: it is not announced as JSON.
        MalformedJson: it does not parse.
        Invalid: a field is missing or of another type.
    """
    if not _is_json(request):
        raise UnsupportedMediaType
    try:
        value = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise MalformedJson from None
    return parse(value, schema)


def read_if_any(request: Request, schema: type[T]) -> T:
    """The body as `schema`, or an empty one where nothing was sent."""
    return read(request, schema) if request.body else schema()


def parse(value: object, schema: type[T]) -> T:
    """A JSON value as `schema`; raises `Invalid`."""
    try:
        return schema.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise Invalid(*map(_field_error, details)) from None


def _field_error(detail: ErrorDetails) -> FieldError:
    field = ".".join(str(part) for part in detail["loc"]) or "body"
    kind = detail["type"]
    if kind == "value_error":
        return FieldError(field, detail["msg"].removeprefix("Value error, "))
    return FieldError(field, f"{field}: {_WORDS.get(kind, 'Not acceptable')}")


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
