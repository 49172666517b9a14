"""Providers that do as a test tells them, over loopback: what real ones cannot misbehave at.

Each is a web server of a few lines. It checks what a real one checks (the client, the redirect URI,
the code, PKCE), so that a request of ours that is wrong fails here too.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwk, jwt

CLIENT_ID = "the-client"
# With what has to be encoded, in a form and in a header (RFC 6749 §2.3.1).
CLIENT_SECRET = "the client's hush+hush/%20:\u00e9"

Reply = tuple[int, str, bytes]
Answer = Callable[["Asked"], Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as much of it as a provider looks at."""

    path: str
    headers: dict[str, str]
    form: dict[str, str]


@dataclass
class FakeProvider:
    """A server whose paths answer with JSON; `answers` puts another answer in the place of one."""

    user: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def approve(self, authorization_url: str) -> dict[str, str]:
        """What the browser is sent back with once somebody agreed at `authorization_url`."""
        query = query_of(authorization_url)
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe()
        self._codes[code] = query
        return {"code": code, "state": query["state"]}

    def spent(self, asked: Asked) -> dict[str, str]:
        """The authorization request of the code that is being exchanged, each code once."""
        granted = self._codes.pop(asked.form["code"], None)
        assert granted is not None, "an unknown code"
        assert _client_of(asked) == (CLIENT_ID, CLIENT_SECRET)
        assert asked.form["redirect_uri"] == granted["redirect_uri"]
        digest = hashlib.sha256(asked.form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == granted["code_challenge"]
        return granted

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                self._answer(self.rfile.read(length).decode())

            def _answer(self, form: str) -> None:
                path = urlsplit(self.path).path
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(path, headers, {k: v[0] for k, v in parse_qs(form).items()})
                provider.asked.append(path)
                status, kind, body = _reply(provider, asked)
                if provider.headers.get("Content-Encoding") == "gzip":
                    body = gzip.compress(body)
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in provider.headers.items():
                    self.send_header(name, value)
                if status in (302, 307):
                    self.send_header("Location", body.decode())
                self.end_headers()
                with suppress(OSError):  # Whoever asked has had enough.
                    self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        return Handler

    def answer_to(self, asked: Asked) -> Any:
        raise NotImplementedError


def _reply(provider: FakeProvider, asked: Asked) -> Reply:
    try:
        answer = provider.answers.get(asked.path, provider.answer_to)(asked)
    except (AssertionError, KeyError):
        return 400, "application/json", b'{"error":"invalid_grant"}'
    if isinstance(answer, tuple):
        return answer
    return 200, "application/json", json.dumps(answer).encode()


def _client_of(asked: Asked) -> tuple[str, str]:
    """Who asks, in the form or in the header, never in both."""
    scheme, _, credentials = asked.headers.get("authorization", "").partition(" ")
    if not scheme:
        return asked.form["client_id"], asked.form["client_secret"]
    assert scheme == "Basic" and "client_secret" not in asked.form
    ident, _, secret = base64.b64decode(credentials).decode().partition(":")
    return unquote_plus(ident), unquote_plus(secret)


class FakeOpenId(FakeProvider):
    """An OpenID Connect provider with one user, whose claims are `user`."""

    def __init__(self, **user: Any) -> None:
        super().__init__(user={"sub": "subject-1", **user})
        self.keys: list[Any] = [signing_key("one")]
        self.changes: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: signed(claims, self.keys[-1])

    def answer_to(self, asked: Asked) -> Any:
        answers: dict[str, Answer] = {
            "/.well-known/openid-configuration": self._discovery,
            "/token": self._token,
            "/jwks": lambda _: {"keys": [key.as_dict(private=False) for key in self.keys]},
            "/userinfo": lambda _: self.user,
        }
        return answers[asked.path](asked)

    def _discovery(self, _: Asked) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            **self.metadata,
        }

    def _token(self, asked: Asked) -> dict[str, Any]:
        granted = self.spent(asked)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": granted["nonce"],
            **self.user,
            **self.changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        return {"access_token": "hush-access", "token_type": "Bearer", "id_token": self.sign(kept)}


class FakeGitHub(FakeProvider):
    """A GitHub with one user; `emails` is what `/user/emails` lists."""

    def __init__(self, *emails: dict[str, Any], **user: Any) -> None:
        super().__init__(user={"id": 583231, "login": "octocat", **user})
        self.emails = list(emails)

    def answer_to(self, asked: Asked) -> Any:
        if asked.path == "/login/oauth/access_token":
            self.spent(asked)
            return {"access_token": "hush-access", "token_type": "bearer", "scope": "user:email"}
        assert asked.headers["authorization"] == "Bearer hush-access"
        return {"/user": self.user, "/user/emails": self.emails}[asked.path]


@cache
def signing_key(kid: str) -> jwk.RSAKey:
    """A key of that name, the same each time: making one takes its time."""
    return jwk.RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


def signed(claims: dict[str, Any], key: Any, **header: Any) -> str:
    full = {"alg": "RS256", "kid": key.kid, **header}
    return jwt.encode({k: v for k, v in full.items() if v is not None}, claims, key)


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
