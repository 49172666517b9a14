"""The meaning of an answer: a success, a refusal, or no server of ours at all.

Knows nothing of what was asked for. Only this module and the client import httpx.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from tui import relative_time
from tui.http import errors
from tui.text import plain

V = TypeVar("V")

_REFUSED = {401: errors.NotSignedIn, 403: errors.NotPermitted, 404: errors.Missing}
_SERVER_ERROR = 500
_UNAVAILABLE = 503
# A refusal names the fields of one form; none of ours has more.
_MAX_FIELDS = 20


def checked(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is a success.

    Raises:
        Trouble: what the problem document says, or that this is not our server.
    """
    if answer.is_success:
        return answer
    problem = _problem(answer)
    if problem is None:
        raise errors.NotOurServer(_foreign(answer))
    words = plain(str(problem["error"]))
    for field, message in _invalid(problem.get("errors")):
        # What is said already, and by its name, is not said again.
        if message not in words:
            words += f"; {message}" if message.startswith(f"{field}:") else f"; {field}: {message}"
    if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        words += _when_again(answer.headers.get("retry-after", ""))
    if answer.status_code == _UNAVAILABLE:
        raise errors.Unreachable(words)
    kind = _REFUSED.get(answer.status_code, errors.Refused)
    raise kind(words, status=answer.status_code, code=plain(str(problem.get("code", ""))))


def _invalid(errors: object) -> Iterator[tuple[str, str]]:
    for one in errors[:_MAX_FIELDS] if isinstance(errors, list) else ():
        if isinstance(one, dict):
            yield plain(str(one.get("field"))), plain(str(one.get("message")))


def _when_again(seconds: str) -> str:
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 8):  # noqa: PLR2004
        return ""
    return f"; try again in {relative_time.span(int(seconds))}"


def _problem(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        body = _parsed(answer)
    except ValueError:
        return None
    return body if isinstance(body, dict) and isinstance(body.get("error"), str) else None


def _foreign(answer: httpx.Response) -> str:
    url = answer.request.url
    if answer.is_redirect:
        where = plain(answer.headers.get("location", ""))
        return f"{url.host} sends us on to {where}; is that the URL?"
    if answer.status_code >= _SERVER_ERROR:
        return f"{url} answers {answer.status_code}, which is not Everruns Auth's way of saying so"
    return f"no Everruns Auth at this URL: {url} answers {answer.status_code}"


def json_of(answer: httpx.Response) -> Any:
    """The JSON of an answer.

    Raises:
        NotOurServer: it is no JSON (RFC 8259), or nested deeper than 200 levels.
    """
    try:
        return _parsed(answer)
    except ValueError:
        raise errors.NotOurServer(
            f"no Everruns Auth at this URL: {answer.request.url} does not answer in JSON"
        ) from None


def _parsed(answer: httpx.Response) -> Any:
    """Raises ValueError. A parser whose depth is bounded: Python's own ends in a RecursionError."""
    content_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type and not content_type.endswith(("/json", "+json")):
        raise ValueError(content_type)
    return from_json(answer.content, allow_inf_nan=False)


def done(answer: httpx.Response) -> None:
    """Check an answer that has no body.

    Raises:
        Trouble: what the problem document says, or that this is not our server.
    """
    if checked(answer).status_code != httpx.codes.NO_CONTENT:
        request = answer.request
        raise errors.NotOurServer(
            f"no Everruns Auth at this URL: {request.method} {request.url} answers"
            f" {answer.status_code}, and 204 is what it should be"
        )


def count_of(answer: Any, what: str) -> int:
    """The number that a bulk action answers with."""
    count = answer.get("revoked") if isinstance(answer, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise errors.NotOurServer(f"{what}: revoked: a number is missing")
    return count


def unreachable(broken: Exception, url: str) -> errors.Unreachable:
    """The error for a broken connection."""
    if isinstance(broken, httpx.ConnectTimeout):
        return errors.Unreachable(f"no server answers at {url}: no connection in time")
    if isinstance(broken, httpx.ConnectError):
        return errors.Unreachable(f"no server answers at {url}: {_reason(broken)}")
    if isinstance(broken, httpx.TimeoutException):
        return errors.Silent(f"{url} does not answer in time")
    return errors.Unreachable(f"the connection to {url} broke")


def _reason(broken: Exception) -> str:
    words = plain(str(broken))
    return "connection refused" if "All connection attempts failed" in words else words


def decoded(shape: type[V], data: object, what: str) -> V:
    """`data` as a value of `shape`.

    Raises:
        NotOurServer: a field is missing or of another type; the words name it, and `what` it was.
    """
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as invalid:
        first = invalid.errors(include_url=False, include_input=False)[0]
        field = ".".join(map(str, first["loc"])) or "the answer"
        raise errors.NotOurServer(f"{what}: {field}: {first['msg'].lower()}") from None
