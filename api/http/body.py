"""Reads a body into a schema; refusals never repeat what was sent."""

from __future__ import annotations

import json
import re
from typing import TypeVar

import orjson
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sanic import Request

from api.errors import FieldError, Invalid, MalformedJson, UnsupportedCoding, UnsupportedMediaType
from api.http import schemas

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
    "extra_forbidden": "Not a member that is known here",
}
# Names of members that a refusal may repeat; others may be secrets in the wrong place.
_SAYABLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# Faults that a refusal lists; a body can hold thousands.
MAX_FAULTS = 20


def read(request: Request, schema: type[T]) -> T:
    """The body as `schema`.

    Raises:
        UnsupportedMediaType: it is not announced as JSON.
        UnsupportedCoding: it is compressed, or encoded otherwise.
        MalformedJson: it does not parse, or names a member twice.
        Invalid: a field is missing, of another type, or not known.
    """
    if not _is_json(request):
        raise UnsupportedMediaType
    if _is_encoded(request):
        raise UnsupportedCoding
    return parse(_parsed(request.body), schema)


def read_if_any(request: Request, schema: type[T]) -> T:
    """The body as `schema`, or an empty one where none was sent; raises as `read`."""
    return read(request, schema) if request.body else schema()


def parse(value: object, schema: type[T]) -> T:
    """A JSON value as `schema`; raises `Invalid`."""
    try:
        return schema.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        raise Invalid(*map(_field_error, details[:MAX_FAULTS])) from None


def _parsed(content: bytes) -> object:
    try:
        value = orjson.loads(content)
        # Of two members of a name a proxy may have read the other one (RFC 8259 §4).
        json.loads(content, object_pairs_hook=_check_names)
    except (orjson.JSONDecodeError, RecursionError):
        raise MalformedJson from None
    return value


def _check_names(pairs: list[tuple[str, object]]) -> None:
    if len(dict(pairs)) != len(pairs):
        raise MalformedJson("The body names a member twice")


def _field_error(detail: ErrorDetails) -> FieldError:
    kind, place = detail["type"], detail["loc"]
    if kind == "extra_forbidden" and not _SAYABLE.fullmatch(str(place[-1])):
        field = ".".join(map(str, place[:-1])) or "body"
        return FieldError(field, f"{field}: Holds a member that is not known here")
    field = ".".join(map(str, place)) or "body"
    if kind == "value_error":
        return FieldError(field, detail["msg"].removeprefix("Value error, "))
    return FieldError(field, f"{field}: {_WORDS.get(kind, 'Not acceptable')}")


def _is_encoded(request: Request) -> bool:
    codings = ",".join(request.headers.getall("content-encoding", ())).split(",")
    return any(coding.strip().lower() not in ("", "identity") for coding in codings)


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or (
        media_type.startswith("application/") and media_type.endswith("+json")
    )
