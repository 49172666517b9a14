"""The wire format: what is sent and what is answered, and nothing else.

Field order is the contract's. Requests are strict about types and refuse members they do not know:
a misspelt one would otherwise be answered as if it had been obeyed.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("Must not hold NUL characters")
    return text


Text = Annotated[str, AfterValidator(_storable)]


class Request(BaseModel):
    """A body that a client sends; unknown members are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


class LenientRequest(Request):
    """A body of clients older or newer than the server; unknown members are ignored."""

    model_config = ConfigDict(extra="ignore")


class Change(Request):
    """A partial change; members that are left out or null stay as they are."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if all(value is None for _, value in self):
            raise ValueError(f"Nothing to change: send {' or '.join(type(self).model_fields)}")
        return self


class Answer(BaseModel):
    """A body that the server sends."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Nothing(Answer):
    """An empty object."""


class FieldProblem(Answer):
    field: str
    message: str


class Problem(Answer):
    """RFC 9457, with `error` for older clients; `errors` only where fields are at fault."""

    error: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldProblem] | None = None
    request_id: str | None = None
