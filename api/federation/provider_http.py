"""Owns the way out to providers: Authlib's client over connections that are kept, within bounds.

A call takes five seconds at most, an answer a quarter of a megabyte; no redirect is followed, so
that a secret goes only where the settings say.
"""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable
from functools import cache
from typing import Any, TypeVar
from urllib.parse import quote_plus, urlsplit

import httpx2
import orjson
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from api.federation.failures import ClientRefused, ProviderTrouble, refusal_of
from api.federation.providers import Provider

T = TypeVar("T")

CALL_SECONDS = 5
MAX_ANSWER_BYTES = 256 * 1024
# `identity`: a few compressed bytes could become many.
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "everruns-auth",
}


class _AnswerTooLarge(httpx2.TransportError):
    pass


class ProviderHttp:
    """What one worker asks one provider through."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._transport: _BoundedTransport | None = None

    def client(self, *, auth_method: str = "client_secret_post") -> AsyncOAuth2Client:
        """A client for one sign-in: it will hold that one's access token."""
        if self._transport is None:
            # At first need: reading what authorities to trust takes its time.
            self._transport = _BoundedTransport()
        client = AsyncOAuth2Client(
            client_id=self._provider.client_id,
            client_secret=self._provider.client_secret,
            token_endpoint_auth_method=auth_method,
            scope=" ".join(self._provider.scopes),
            redirect_uri=self._provider.redirect_uri,
            code_challenge_method="S256",
            transport=self._transport,
            headers=_HEADERS,
            timeout=CALL_SECONDS,
            # An access token is used at once, or not at all.
            leeway=0,
            trust_env=False,
        )
        client.register_client_auth_method(("client_secret_basic", _show_in_header))
        return client

    async def exchange(
        self, client: AsyncOAuth2Client, endpoint: str, code: str, code_verifier: str
    ) -> dict[str, Any]:
        """The token endpoint's answer to a code, which `client` keeps (RFC 6749 §4.1.3).

        Raises:
            SignInFailed: the provider does not accept the code.
            ClientRefused: it does not accept this server.
            ProviderTrouble: it does not answer as it should.
        """
        asking = client.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=code_verifier
        )
        token = await self._bounded(asking, "the token endpoint", secrets=(code, code_verifier))
        if not isinstance(token.get("access_token"), str):
            raise ProviderTrouble("the token endpoint answered without an access token")
        return dict(token)

    async def read(self, url: str, client: AsyncOAuth2Client | None = None) -> Any:
        """The JSON at `url`, asked with the access token of `client` where one is given.

        Raises:
            ProviderTrouble: it is not there, in time, or no JSON.
        """
        what = urlsplit(url).path
        asking = (client or self.client()).request("GET", url, withhold_token=client is None)
        answer = await self._bounded(asking, what)
        if answer.status_code != httpx2.codes.OK:
            raise ProviderTrouble(f"{what} answered with status {answer.status_code}")
        try:
            return orjson.loads(answer.content)
        except ValueError:
            raise ProviderTrouble(f"{what} did not answer with JSON") from None

    async def close(self) -> None:
        if self._transport is not None:
            await self._transport.close()

    async def _bounded(
        self, asking: Awaitable[T], what: str, *, secrets: tuple[str, ...] = ()
    ) -> T:
        """The answer within the time allowed; every way of not getting one is said in our words.

        `secrets` were sent along: a provider that repeats them does not get them into the log.
        """
        try:
            async with asyncio.timeout(CALL_SECONDS):
                return await asking
        except TimeoutError:
            raise ProviderTrouble(f"{what} did not answer within {CALL_SECONDS} s") from None
        except OAuthError as refused:
            raise refusal_of(
                refused.error,
                self._provider,
                description=refused.description,
                secrets=secrets,
            ) from None
        except httpx2.HTTPStatusError as error:
            status = error.response.status_code
            # RFC 6749 §5.2: 401 is about the client, also where no JSON says so.
            kind = ClientRefused if status == httpx2.codes.UNAUTHORIZED else ProviderTrouble
            raise kind(f"{what} answered with status {status}") from None
        except _AnswerTooLarge:
            raise ProviderTrouble(f"{what} answered with over {MAX_ANSWER_BYTES} bytes") from None
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            raise ProviderTrouble(f"{what} cannot be reached ({type(error).__name__})") from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # What the library makes of an answer that is JSON, but not what it should be.
            raise ProviderTrouble(f"{what} answered nonsense") from None


def _show_in_header(
    client: Any, _method: str, uri: str, headers: Any, body: Any
) -> tuple[str, Any, Any]:
    """Authlib's own leaves out the encoding of RFC 6749 §2.3.1, so odd secrets would be refused."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


class _BoundedTransport(httpx2.AsyncBaseTransport):
    """Keeps its connections when a client that used it is closed, and cuts long answers off."""

    def __init__(self) -> None:
        self._inner = httpx2.AsyncHTTPTransport(verify=_trusted())

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.DecodingError("compressed, though not asked to be", request=request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_BoundedStream(answer.stream),
            extensions=answer.extensions,
        )

    async def close(self) -> None:
        await self._inner.aclose()


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that this machine trusts, or those of SSL_CERT_FILE; read once."""
    return httpx2.create_ssl_context()


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        total = 0
        async for chunk in self._inner:
            total += len(chunk)
            if total > MAX_ANSWER_BYTES:
                raise _AnswerTooLarge("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
