"""Renders answers: schemas as JSON bytes, with the headers of every answer."""

from __future__ import annotations

from email.utils import formatdate
from functools import lru_cache

import orjson
from pydantic import BaseModel
from sanic import HTTPResponse

# Every answer depends on the caller (RFC 9111 §5.2.2.5).
_HEADERS = {"Cache-Control": "no-store"}


def reply(answer: BaseModel, status: int = 200) -> HTTPResponse:
    """A JSON object, its fields in the order of the schema."""
    return _json(answer.model_dump_json().encode(), status)


def reply_list(answers: list[BaseModel]) -> HTTPResponse:
    """A JSON array of objects."""
    return _json(orjson.dumps([answer.model_dump(mode="json") for answer in answers]), 200)


def reply_nothing() -> HTTPResponse:
    """A 204 without a body."""
    return HTTPResponse(status=204, headers=_HEADERS)


@lru_cache(maxsize=1)
def date_header(second: int) -> str:
    """The value of the header Date (RFC 9110 §6.6.1); `second` is since the epoch."""
    return formatdate(second, usegmt=True)


def _json(body: bytes, status: int) -> HTTPResponse:
    return HTTPResponse(body, status=status, headers=_HEADERS, content_type="application/json")
