"""The conversation with the server: one method for each thing that the dashboard asks or does.

Knows nothing of screens; every failure leaves it as a `Trouble`.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import httpx_sse

from tui.http import environment, errors
from tui.http.environment import is_loopback
from tui.http.paging import Cursors
from tui.http.responses import checked, count_of, decoded, done, json_of
from tui.http.server_clock import ServerClock
from tui.http.transport import ENDLESS, BoundedTransport
from tui.lists.schemas import (
    Config,
    Identities,
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
# Between two bytes of an answer is less, for a whole one: a byte a second would never end.
WHOLE_SECONDS = 30.0
# The server says something on the stream every 15 s; silence for longer is a broken connection.
STREAM_SILENCE_SECONDS = 20.0
# A server that takes longer than this to say that it is there is as good as away.
PULSE_SECONDS = 4.0
STREAM = "/v1/admin/stream"
OVERVIEW = "/v1/admin/overview"
# The most rows that a page of a list may have.
LIMIT = "200"
# The contract's limit of one bulk revocation.
BULK = 500

_EVENT_ID = re.compile(r"[!-~]{1,200}")
_IDS_OF_USERS = frozenset({"user_id", "actor_id"})
_TIMEOUT = httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One event of the stream; `data` is what came, undecoded."""

    id: str
    name: str
    data: str


@dataclass(frozen=True, slots=True)
class Connection:
    """Connections to one API, and the clock of its server."""

    http: httpx.AsyncClient
    clock: ServerClock


def connection(
    url: str,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: ServerClock | None = None,
) -> Connection:
    """Connections to the API at `url`; tests bring a transport of their own.

    Raises:
        EnvironmentRejected: a variable that says the way there cannot be used.
    """
    # A cookie would speak for the user who signed in last; only the header is to speak.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    proxy = environment.proxy_for(url, os.environ)
    clock = clock or ServerClock()
    http = httpx.AsyncClient(
        base_url=url,
        timeout=_TIMEOUT,
        transport=BoundedTransport(
            transport or _transport(url, proxy[0] if proxy else None),
            f"{url} (by the proxy of {proxy[1]})" if proxy else url,
            clock,
        ),
        headers={"Accept-Encoding": "gzip"},
        cookies=no_cookies,
    )
    return Connection(http, clock)


def check_url(url: str) -> None:
    """Raises ValueError: nothing can be asked at the URL."""
    try:
        httpx.URL(url)
    except httpx.InvalidURL as wrong:
        raise ValueError(f"that is no URL: {wrong}") from None


def _transport(url: str, proxy: str | None) -> httpx.AsyncHTTPTransport:
    """Sockets. Reading the certificates takes a third of a second, and plain http never needs them."""
    is_tls = "https:" in (url[:6], (proxy or "")[:6])
    trusted = environment.certificates(os.environ) if is_tls else None
    return httpx.AsyncHTTPTransport(
        verify=trusted or False,
        proxy=httpx.Proxy(proxy, ssl_context=trusted) if proxy else None,
        trust_env=False,
    )


class Client:
    """Asks one server, with the credential of `auth`; None shows nothing.

    Every method raises `Trouble` where the server cannot be asked, refuses, or is none of ours. A
    credential goes to another machine over https alone, unless `allows_plain_http`.
    """

    def __init__(
        self,
        connection: Connection,
        auth: httpx.Auth | None = None,
        *,
        allows_plain_http: bool = False,
    ) -> None:
        self._http = connection.http
        self.clock = connection.clock
        self.auth = auth
        self.allows_plain_http = allows_plain_http

    @property
    def url(self) -> str:
        """The URL of the API, without a slash at its end."""
        return str(self._http.base_url).rstrip("/")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def check_privacy(self) -> None:
        """Refuse to show a credential to everybody on the way.

        Raises:
            PlainHttp: the server is on another machine, and the URL is plain http.
        """
        url = self._http.base_url
        if url.scheme == "http" and not is_loopback(url.host) and not self.allows_plain_http:
            raise errors.PlainHttp(
                f"plain http to {url.host}: everybody on the way could read the credential"
            )

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
                await self.config()
        except TimeoutError:
            raise self._silent() from None

    async def me(self) -> Me:
        """The user to whom the credential belongs."""
        return decoded(Me, await self._asked("GET", "/v1/auth/me"), "GET /v1/auth/me")

    async def log_in(self, email: str, password: str) -> TokenBody:
        """A new session of that user."""
        form = {"email": email, "password": password}
        return await self._tokens("/v1/auth/login", form)

    async def refresh(self, refresh_token: str) -> TokenBody:
        """The next pair of tokens; the refresh token is used up by it."""
        return await self._tokens("/v1/auth/refresh", {"refresh_token": refresh_token})

    async def log_out(self, refresh_token: str) -> None:
        """End the session of a refresh token."""
        form = {"refresh_token": refresh_token}
        self.check_privacy()
        done(await self._send("POST", "/v1/auth/logout", None, json=form))

    # Looking

    async def overview(self) -> Overview:
        """The counts of users, sessions and keys, and the sign-ins of the last hour."""
        return decoded(Overview, await self._asked("GET", OVERVIEW), f"GET {OVERVIEW}")

    async def overview_record(self) -> dict[str, Any]:
        """The overview as the server gave it."""
        answer: dict[str, Any] = await self._asked("GET", OVERVIEW)
        decoded(Overview, answer, f"GET {OVERVIEW}")
        return answer

    async def page(self, row: type[R], path: str, parameters: Mapping[str, str]) -> Page[R]:
        """A page of the list at `path`; `cursor` and `limit` are among the parameters."""
        page, _ = await self._page(row, path, await self._with_ids(parameters))
        return page

    async def every(
        self, row: type[R], path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[R]:
        """Every row of the list at `path`."""
        async for page, _ in self._pages(row, path, parameters):
            for one in page.data:
                yield one

    async def records(
        self, row: type[R], path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Every row of the list at `path` as the server gave it, a page at a time; a page may be empty."""
        async for _, answer in self._pages(row, path, parameters):
            yield answer["data"]

    async def _pages(
        self, row: type[R], path: str, parameters: Mapping[str, str]
    ) -> AsyncIterator[tuple[Page[R], dict[str, Any]]]:
        named = await self._with_ids(parameters)
        cursors, where = Cursors(path), {"limit": LIMIT}
        while where:
            page, answer = await self._page(row, path, {**named, **where})
            yield page, answer
            onward = cursors.follow(page.next_cursor, is_empty=not page.data)
            where = {"limit": LIMIT, "cursor": onward} if onward is not None else {}

    async def _page(
        self, row: type[R], path: str, parameters: Mapping[str, str]
    ) -> tuple[Page[R], dict[str, Any]]:
        """A page, and the answer that it was in."""
        answer = await self._asked("GET", path, params=dict(parameters))
        page = decoded(Page[row], answer, f"GET {path}")  # type: ignore[valid-type]
        asked = parameters.get("cursor")
        if asked is not None and asked in (page.next_cursor, page.previous_cursor):
            raise errors.NotOurServer(f"GET {path}: a page that leads to itself")
        return page, answer

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

    async def named(self, row: type[R], path: str, name: str) -> R:
        """One row of the list at `path` by its id, a key's prefix (`evr_…`) or a user's address.

        Raises:
            Missing: there is none, or more than one; the words say the name.
        """
        if name.startswith("evr_"):
            return await self._by_prefix(row, path, name)
        row_id = await self.user_id_of(name) if "@" in name else name
        try:
            return await self.one(row, path, row_id)
        except errors.Missing as missing:
            words = f"{plain(name)}: {missing.words}"
            raise errors.Missing(words, status=missing.status, code=missing.code) from None

    async def _by_prefix(self, row: type[R], path: str, prefix: str) -> R:
        found = self.every(row, path, {"q": prefix})
        keys = [key async for key in found if getattr(key, "key_prefix", "").startswith(prefix)]
        if len(keys) != 1:
            words = f"{len(keys) or 'no'} keys begin with {plain(prefix)}"
            raise errors.Missing(words, status=404)
        return keys[0]

    async def identities(self, user_id: str) -> tuple[Identity, ...]:
        """The identities by which a user signs in elsewhere."""
        path = _under("/v1/admin/users", user_id, "identities")
        return decoded(Identities, await self._asked("GET", path), "GET …/identities").data

    # Operations

    async def revoke_key(self, key_id: str) -> None:
        """Revoke one key; raises Missing where there is none."""
        await self._done("DELETE", _under("/v1/admin/api-keys", key_id))

    async def revoke_keys(self, key_ids: tuple[str, ...]) -> int:
        """Revoke up to `BULK` in one transaction; tells how many were still there."""
        path = "/v1/admin/api-keys/revoke"
        return count_of(await self._asked("POST", path, json={"ids": key_ids}), path)

    async def end_session(self, session_id: str) -> None:
        """End one session; raises Missing where there is none."""
        await self._done("DELETE", _under("/v1/admin/sessions", session_id))

    async def force_logout(self, user_id: str) -> int:
        """End every session of a user; tells how many there were."""
        path = _under("/v1/admin/users", user_id, "sessions")
        return count_of(await self._asked("DELETE", path), "DELETE …/sessions")

    async def unlink(self, user_id: str, provider: str) -> None:
        """Remove a user's identities at a provider."""
        await self._done("DELETE", _under("/v1/admin/users", user_id, "identities", provider))

    async def change_user(self, user_id: str, **changes: object) -> User:
        """The user after the change; `changes` are members of the PATCH as the wire has them."""
        path = _under("/v1/admin/users", user_id)
        return decoded(User, await self._asked("PATCH", path, json=changes), "PATCH …/users")

    async def create_user(self, form: Mapping[str, object]) -> User:
        """The new user; `form` has the members of the POST as the wire has them."""
        path = "/v1/admin/users"
        return decoded(User, await self._asked("POST", path, json=dict(form)), f"POST {path}")

    # Listening

    @asynccontextmanager
    async def stream(self, last_id: str | None) -> AsyncIterator[AsyncIterator[StreamEvent]]:
        """The stream, from after `last_id` on; inside the block the server has accepted us.

        Raises:
            Trouble: it was refused, broke, or fell silent. The end of the iterator is its end.
        """
        if self.auth is not None:
            self.check_privacy()
        headers = {"Last-Event-ID": last_id} if last_id else {}
        timeout = httpx.Timeout(STREAM_SILENCE_SECONDS, connect=CONNECT_SECONDS)
        async with AsyncExitStack() as opened:
            try:
                async with asyncio.timeout(WHOLE_SECONDS):
                    source = await opened.enter_async_context(
                        httpx_sse.aconnect_sse(
                            self._http,
                            "GET",
                            STREAM,
                            auth=self.auth,
                            headers=headers,
                            timeout=timeout,
                            extensions={ENDLESS: True},
                        )
                    )
                    if source.response.is_error:
                        await source.response.aread()
            except TimeoutError:
                raise self._silent() from None
            checked(source.response)
            try:
                yield _events(source)
            except httpx_sse.SSEError:
                raise errors.NotOurServer("the answer of the stream is no event stream") from None

    async def _asked(self, method: str, path: str, **request: Any) -> Any:
        """The answer's JSON."""
        return json_of(checked(await self._send(method, path, self.auth, **request)))

    async def _done(self, method: str, path: str) -> None:
        """Ask for what is answered without a body."""
        done(await self._send(method, path, self.auth))

    async def _tokens(self, path: str, form: Mapping[str, str]) -> TokenBody:
        self.check_privacy()
        answer = checked(await self._send("POST", path, None, json=dict(form)))
        return decoded(TokenBody, json_of(answer), f"POST {path}")

    async def _send(
        self, method: str, path: str, auth: httpx.Auth | None, **request: Any
    ) -> httpx.Response:
        """The whole answer, whatever its status."""
        if auth is not None:
            self.check_privacy()
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._http.request(method, path, auth=auth, **request)
        except TimeoutError:
            raise self._silent() from None

    def _silent(self) -> errors.Silent:
        return errors.Silent(f"{self.url} does not answer in time")


async def _events(source: httpx_sse.EventSource) -> AsyncIterator[StreamEvent]:
    async for event in source.aiter_sse():
        # It comes back in a header.
        event_id = event.id if _EVENT_ID.fullmatch(event.id) else ""
        yield StreamEvent(event_id, event.event, event.data)


def _under(path: str, *names: str) -> str:
    """A path below another; what an operator typed stays one segment."""
    return "/".join((path, *(quote(name, safe="") for name in names)))
