"""Owns the conversation with the server: one method for each thing that the dashboard asks or does.

Knows nothing of screens; every failure leaves it as a `Trouble`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import httpx_sse

from tui.http import errors
from tui.http.responses import checked, count_of, decoded, json_of, unreachable
from tui.lists.schemas import (
    Config,
    Identity,
    Me,
    Overview,
    Page,
    Row,
    TokenBody,
    User,
)
from tui.text import plain, raw

R = TypeVar("R", bound=Row)
V = TypeVar("V")

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
# The server says something on the stream every 15 s; silence for longer is a broken connection.
STREAM_SILENCE_SECONDS = 20.0
# A server that takes longer than this to say that it is there is as good as away.
PULSE_SECONDS = 4.0
STREAM = "/v1/admin/stream"
# The most rows that a page of a list may have.
LIMIT = "200"
# The contract's limit of one bulk revocation.
BULK = 500

_IDS_OF_USERS = frozenset({"user_id", "actor_id"})
# What httpx raises where a connection, or what came over it, is broken.
_BROKEN = (httpx.TransportError, httpx.DecodingError, httpx.InvalidURL)
_TIMEOUT = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of the stream; `data` is what came, undecoded."""

    id: str
    name: str
    data: str


def connection(url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Connections to the API at `url`; tests bring a transport of their own."""
    # Reading the certificates takes a third of a second, and plain http never needs them.
    verify = url.startswith("https:")
    # A cookie would speak for the user who signed in last; only the header is to speak.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.AsyncClient(
        base_url=url, timeout=_TIMEOUT, transport=transport, verify=verify, cookies=no_cookies
    )


class Client:
    """Asks one server, with the credential of `auth`; None shows nothing.

    Every method raises `Trouble` where the server cannot be asked, refuses, or is none of ours.
    """

    def __init__(self, http: httpx.AsyncClient, auth: httpx.Auth | None = None) -> None:
        self._http = http
        self.auth = auth

    @property
    def url(self) -> str:
        return str(self._http.base_url).rstrip("/")

    async def close(self) -> None:
        await self._http.aclose()

    # Getting in

    async def config(self) -> Config:
        """How one may sign in; asked without a credential, so that a wrong URL never sees one."""
        answer = checked(await self._send("GET", "/v1/auth/config", None))
        return decoded(Config, json_of(answer), "GET /v1/auth/config")

    async def pulse(self) -> None:
        """Come back soon if the server is there.

        Raises:
            Trouble: it is not, or does not say so in time.
        """
        try:
            async with asyncio.timeout(PULSE_SECONDS):
                checked(await self._send("GET", "/v1/auth/config", None))
        except TimeoutError:
            raise unreachable(httpx.ReadTimeout("no pulse"), self.url) from None

    async def me(self) -> Me:
        return decoded(Me, await self._asked("GET", "/v1/auth/me"), "GET /v1/auth/me")

    async def log_in(self, email: str, password: str) -> TokenBody:
        form = {"email": email, "password": password}
        return await self._tokens("/v1/auth/login", form)

    async def refresh(self, refresh_token: str) -> TokenBody:
        """The next pair of tokens; the refresh token is used up by it."""
        return await self._tokens("/v1/auth/refresh", {"refresh_token": refresh_token})

    async def log_out(self, refresh_token: str) -> None:
        form = {"refresh_token": refresh_token}
        checked(await self._send("POST", "/v1/auth/logout", None, json=form))

    # Looking

    async def overview(self) -> Overview:
        return decoded(Overview, await self.raw_overview(), "GET /v1/admin/overview")

    async def raw_overview(self) -> dict[str, Any]:
        """The overview as it came."""
        answer = await self._asked("GET", "/v1/admin/overview")
        if not isinstance(answer, dict):
            raise errors.NotOurServer("GET /v1/admin/overview: the answer is no object")
        return answer

    async def page(self, row: type[R], path: str, parameters: Mapping[str, str]) -> Page[R]:
        """A piece of the list at `path`."""
        piece = await self._piece(path, await self._with_ids(parameters))
        return decoded(Page[row], piece, f"GET {path}")  # type: ignore[valid-type]

    async def every(
        self, row: type[R], path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[R]:
        """Every row of the list at `path`."""
        async for piece in self.pieces(path, parameters):
            for one in decoded(Page[row], piece, f"GET {path}").data:  # type: ignore[valid-type]
                yield one

    async def pieces(
        self, path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        """The whole list at `path` as it comes, for what only passes it on.

        A search may be answered in pieces, even in empty ones.
        """
        named = await self._with_ids(parameters)
        cursor: dict[str, str] | None = {}
        while cursor is not None:
            piece = await self._piece(path, {**named, "limit": LIMIT, **cursor})
            yield piece
            cursor = {"cursor": piece["next_cursor"]} if piece.get("next_cursor") else None

    async def _piece(self, path: str, parameters: Mapping[str, str]) -> dict[str, Any]:
        answer = await self._asked("GET", path, params=dict(parameters))
        if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
            raise errors.NotOurServer(f"GET {path}: the answer is no list")
        return answer

    async def _with_ids(self, parameters: Mapping[str, str]) -> dict[str, str]:
        return {name: await self._id_of(name, value) for name, value in parameters.items()}

    async def _id_of(self, parameter: str, value: str) -> str:
        """The id of a user who is named by their address where the server wants an id."""
        is_address = parameter in _IDS_OF_USERS and "@" in value
        return await self.user_id_of(value) if is_address else value

    async def user_id_of(self, address: str) -> str:
        """The id of the user who has exactly that address, whatever the case; raises Missing."""
        async for user in self.every(User, "/v1/admin/users", {"q": address}):
            if raw(user.email).casefold() == address.casefold():
                return user.id
        raise errors.Missing(f"nobody has the address {plain(address)}", status=404)

    async def one(self, row: type[R], path: str, row_id: str) -> R:
        """One row of the list at `path`."""
        return decoded(row, await self._asked("GET", _under(path, row_id)), f"GET {path}/…")

    async def identities(self, user_id: str) -> tuple[Identity, ...]:
        page = await self._piece(_under("/v1/admin/users", user_id, "identities"), {})
        return decoded(tuple[Identity, ...], page["data"], "GET …/identities")

    # Operations

    async def revoke_key(self, key_id: str) -> None:
        await self._asked("DELETE", _under("/v1/admin/api-keys", key_id))

    async def revoke_keys(self, key_ids: tuple[str, ...]) -> int:
        """Revoke up to `BULK` in one transaction; tells how many were still there."""
        path = "/v1/admin/api-keys/revoke"
        return count_of(await self._asked("POST", path, json={"ids": key_ids}), path)

    async def end_session(self, session_id: str) -> None:
        await self._asked("DELETE", _under("/v1/admin/sessions", session_id))

    async def force_logout(self, user_id: str) -> int:
        """End every session of a user; tells how many there were."""
        path = _under("/v1/admin/users", user_id, "sessions")
        return count_of(await self._asked("DELETE", path), "DELETE …/sessions")

    async def unlink(self, user_id: str, provider: str) -> None:
        """Remove a user's identities at a provider."""
        await self._asked("DELETE", _under("/v1/admin/users", user_id, "identities", provider))

    async def change_user(self, user_id: str, **changes: object) -> User:
        path = _under("/v1/admin/users", user_id)
        return decoded(User, await self._asked("PATCH", path, json=changes), "PATCH …/users")

    async def create_user(self, form: Mapping[str, object]) -> User:
        path = "/v1/admin/users"
        return decoded(User, await self._asked("POST", path, json=dict(form)), f"POST {path}")

    # Listening

    @asynccontextmanager
    async def stream(self, last_id: str | None) -> AsyncIterator[AsyncIterator[StreamEvent]]:
        """The stream, from after `last_id` on; inside the block the server has accepted us.

        Raises:
            Trouble: it was refused, broke, or fell silent. The end of the iterator is its end.
        """
        headers = {"Last-Event-ID": last_id} if last_id else {}
        timeout = httpx.Timeout(STREAM_SILENCE_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with httpx_sse.aconnect_sse(
                self._http, "GET", STREAM, auth=self.auth, headers=headers, timeout=timeout
            ) as source:
                if source.response.is_error:
                    await source.response.aread()
                checked(source.response)
                yield _events(source)
        except httpx_sse.SSEError:
            raise errors.NotOurServer("the answer of the stream is no event stream") from None
        except _BROKEN as broken:
            raise unreachable(broken, self.url) from None

    async def _asked(self, method: str, path: str, **request: Any) -> Any:
        """The answer's JSON."""
        return json_of(checked(await self._send(method, path, self.auth, **request)))

    async def _tokens(self, path: str, form: Mapping[str, str]) -> TokenBody:
        answer = checked(await self._send("POST", path, None, json=dict(form)))
        return decoded(TokenBody, json_of(answer), f"POST {path}")

    async def _send(
        self, method: str, path: str, auth: httpx.Auth | None, **request: Any
    ) -> httpx.Response:
        try:
            return await self._http.request(method, path, auth=auth, **request)
        except _BROKEN as broken:
            raise unreachable(broken, self.url) from None


async def _events(source: httpx_sse.EventSource) -> AsyncIterator[StreamEvent]:
    async for event in source.aiter_sse():
        yield StreamEvent(event.id, event.event, event.data)


def _under(path: str, *names: str) -> str:
    """A path below another; what an operator typed stays one segment."""
    return "/".join((path, *(quote(name, safe="") for name in names)))
