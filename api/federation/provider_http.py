"""HTTP requests to providers: Authlib's client over connections that are reused, within bounds.

A request takes at most CALL_SECONDS, an answer has at most MAX_ANSWER_BYTES. Redirects are not
followed, so that a secret goes to configured URLs alone.
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

# Seconds for one request with its answer; the person waits in front of a blank page.
CALL_SECONDS = 5
# Size of an answer; discovery documents and key sets have a few KiB.
MAX_ANSWER_BYTES = 256 * 1024
# `identity`, because a few compressed bytes could expand beyond every bound.
_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "everruns-auth",
}


class _AnswerTooLarge(httpx2.TransportError):
    pass


class ProviderHttp:
    """The connections of one worker to one provider."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._transport: _BoundedTransport | None = None

    def client(self, *, auth_method: str = "client_secret_post") -> AsyncOAuth2Client:
        """An OAuth client for one sign-in: it holds that sign-in's access token.

        `auth_method` is `client_secret_post` or `client_secret_basic` (RFC 6749 §2.3.1).
        """
        if self._transport is None:
            # Created on first use: loading the trusted authorities takes some milliseconds.
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
            # No leeway, because the access token is used at once or never.
            leeway=0,
            trust_env=False,
        )
        client.register_client_auth_method(("client_secret_basic", _show_in_header))
        return client

    async def exchange(
        self, client: AsyncOAuth2Client, endpoint: str, code: str, code_verifier: str
    ) -> dict[str, Any]:
        """The token endpoint's answer to `code`; `client` keeps the access token (RFC 6749 §4.1.3).

        Raises:
            SignInFailed: the provider refuses the code.
            ClientRefused: the provider refuses the client id and secret.
            ProviderTrouble: the provider is unreachable, or its answer is malformed.
        """
        asking = client.fetch_token(
            endpoint, grant_type="authorization_code", code=code, code_verifier=code_verifier
        )
        token = await self._bounded(asking, "the token endpoint", secrets=(code, code_verifier))
        if not isinstance(token.get("access_token"), str):
            raise ProviderTrouble("the token endpoint answered without an access token")
        return dict(token)

    async def read(self, url: str, client: AsyncOAuth2Client | None = None) -> Any:
        """The JSON at `url`, requested with the access token of `client` if one is given.

        Raises:
            ProviderTrouble: the request failed or timed out, or the answer is not 200 with JSON.
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
        """Closes the connections to the provider."""
        if self._transport is not None:
            await self._transport.close()

    async def _bounded(
        self, asking: Awaitable[T], what: str, *, secrets: tuple[str, ...] = ()
    ) -> T:
        """The result of `asking` within CALL_SECONDS; every failure is raised as a `SignInFailed`.

        `secrets` were part of the request and are cut out of what the provider repeats.
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
            # Authlib fails so on an answer that is JSON of another shape.
            raise ProviderTrouble(f"{what} answered nonsense") from None


def _show_in_header(
    client: Any, _method: str, uri: str, headers: Any, body: Any
) -> tuple[str, Any, Any]:
    """Sends the secret by Basic with the encoding of RFC 6749 §2.3.1, which Authlib leaves out."""
    pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
    headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    return uri, headers, body


class _BoundedTransport(httpx2.AsyncBaseTransport):
    """A transport that keeps its connections when a client is closed, and cuts long answers off."""

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
    """The certificate authorities of this machine, or those of SSL_CERT_FILE; read once."""
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
