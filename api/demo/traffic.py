"""Plays the programs and people that use the demo's server, until its standard input ends.

A process of its own, so that it takes no time from the dashboard: `python -P -m api.demo.traffic`,
with one line of JSON on standard input. The process that starts it keeps that pipe open; closing
it, also by dying, ends the traffic.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx

from api.demo.people import Inventor

Action = Callable[[], Awaitable[None]]

# Above half of this many sessions, people sign out.
MAX_SESSIONS = 40


@dataclass(frozen=True, slots=True)
class Script:
    """The server, and the credentials of the people and programs to play."""

    url: str
    password: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    emails: tuple[str, ...]

    def to_line(self) -> str:
        """The script as one line of JSON with its line feed; it holds secrets."""
        return json.dumps(asdict(self)) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Script:
        """The script of a line that `to_line` wrote."""
        sent = json.loads(line)
        return cls(sent["url"], sent["password"], tuple(sent["keys"]), tuple(sent["emails"]))


class Traffic:
    """Uses keys all the time; now and then signs somebody in or out, or creates a key."""

    def __init__(self, http: httpx.AsyncClient, script: Script, seed: int | None = None) -> None:
        self._http = http
        self._script = script
        self._inventor = Inventor(seed if seed is not None else random.randrange(2**32))  # noqa: S311
        self._rng = self._inventor.rng
        self._addresses = {who: self._inventor.address() for who in (*script.keys, *script.emails)}
        self._tokens: list[str] = []
        self._made: list[tuple[str, str]] = []

    async def run(self) -> None:
        """Runs every action at its own pace until cancelled."""
        await asyncio.gather(
            self._keep_doing(self.use_a_key, every=0.12),
            self._keep_doing(self.sign_in, every=2.5),
            self._keep_doing(self.fail_to_sign_in, every=11.0),
            self._keep_doing(self.sign_out, every=6.0),
            self._keep_doing(self.make_a_key, every=25.0),
            self._keep_doing(self.revoke_a_key, every=40.0),
        )

    async def use_a_key(self) -> None:
        """Checks one of the keys; the first are used most, the last hardly ever."""
        keys = self._script.keys
        key = keys[min(int(self._rng.expovariate(0.25)), len(keys) - 1)]
        await self._ask("GET", "/v1/auth/verify", who=key, token=key)

    async def sign_in(self) -> None:
        """Signs a random person in, and keeps the access token."""
        answer = await self._log_in(self._rng.choice(self._script.emails), self._script.password)
        if answer.is_success:
            self._tokens.append(answer.json()["access_token"])

    async def fail_to_sign_in(self) -> None:
        """Tries a wrong password for a random person."""
        await self._log_in(self._rng.choice(self._script.emails), "not the password")

    async def sign_out(self) -> None:
        """Signs a random person out, if more than half of MAX_SESSIONS are open."""
        if len(self._tokens) > MAX_SESSIONS // 2:
            token = self._tokens.pop(self._rng.randrange(len(self._tokens)))
            await self._ask("POST", "/v1/auth/logout", token=token)

    async def make_a_key(self) -> None:
        """Creates a key for the person who signed in last, good for 30 days."""
        if not self._tokens:
            return
        token = self._tokens[-1]
        form = {"name": self._inventor.purpose(), "expires_in_days": 30}
        answer = await self._ask("POST", "/v1/auth/api-keys", token=token, json=form)
        if answer.is_success:
            self._made.append((token, answer.json()["id"]))

    async def revoke_a_key(self) -> None:
        """Revokes the oldest key that the traffic created, if there is one."""
        if self._made:
            token, key_id = self._made.pop(0)
            await self._ask("DELETE", f"/v1/auth/api-keys/{key_id}", token=token)

    async def _keep_doing(self, action: Action, *, every: float) -> None:
        """Repeats an action every `every` seconds on average; refusals and failures are ignored."""
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / every))
            with suppress(httpx.HTTPError):
                await action()

    async def _log_in(self, email: str, password: str) -> httpx.Response:
        form = {"email": email, "password": password}
        return await self._ask("POST", "/v1/auth/login", who=email, json=form)

    async def _ask(
        self, method: str, path: str, *, who: str = "", token: str = "", **more: Any
    ) -> httpx.Response:
        headers = {
            "X-Forwarded-For": self._addresses.get(who, "192.0.2.1"),
            "User-Agent": self._inventor.browser(),
        }
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http.cookies.clear()
        return await self._http.request(method, path, headers=headers, **more)


async def main() -> None:
    """Plays the script on standard input until the input ends."""
    loop = asyncio.get_running_loop()
    script = Script.from_line(await loop.run_in_executor(None, sys.stdin.readline))
    async with httpx.AsyncClient(base_url=script.url, timeout=10, trust_env=False) as http:
        playing = asyncio.create_task(Traffic(http, script).run())
        await loop.run_in_executor(None, sys.stdin.read)
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
