"""The world of a dashboard: the real API in process, people in it, and an operator at a terminal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from textual import events
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from api.settings import Settings
from models import OAuthIdentity
from tests.api.clients import OPERATOR_EMAIL, OPERATOR_PASSWORD, app_of, without_jar
from tests.support.applications import serving
from tests.support.people import PASSWORD
from tests.support.streaming import StreamingTransport
from tests.support.waiting import until
from tui.app import Dashboard
from tui.http.client import Client, connection
from tui.session.session import Surroundings
from tui.session.target import Target
from tui.widgets.table import Table

URL = "https://auth.test/api"
Size = tuple[int, int]
SMALL, LARGE = SIZES = ((80, 24), (100, 30))
# For what is the same on every screen: what comes over the feed, is printed, or is kept in files.
at_one_size = pytest.mark.parametrize("size", [LARGE], ids=["100x30"])

Row = dict[str, Any]


@dataclass
class World:
    """The server, asked by hand as the operator; what it makes is what the dashboard shows."""

    http: httpx.AsyncClient
    transport: StreamingTransport
    folder: Path
    size: Size = LARGE
    bearer: dict[str, str] = field(default_factory=dict)
    operator_key: str = ""
    keymap: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, **request: Any) -> Any:
        answer = await self.http.request(method, path, headers=self.bearer, **request)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def user(self, email: str, name: str = "Somebody", *roles: str) -> Row:
        form = {
            "email": email,
            "name": name,
            "password": PASSWORD,
            "roles": list(roles or ("user",)),
        }
        made: Row = await self.ask("POST", "/v1/admin/users", json=form)
        return made

    async def session(self, email: str, password: str = PASSWORD) -> dict[str, str]:
        """One more session; what it shows from now on."""
        form = {"email": email, "password": password}
        answer = await self.http.post("/v1/auth/login", json=form)
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    async def key(self, email: str, name: str, **fields: Any) -> Row:
        """A key of that user, as it is shown this one time; making it takes a session."""
        bearer = await self.session(email)
        answer = await self.http.post(
            "/v1/auth/api-keys", json={"name": name, **fields}, headers=bearer
        )
        assert answer.status_code == 201, answer.text
        made: Row = answer.json()
        return made

    async def link(self, user: Row, *providers: str) -> None:
        """Let a user be somebody at these providers, who never speak of it here."""
        for number, provider in enumerate(providers):
            await OAuthIdentity.add(
                user_id=UUID(user["id"]),
                provider=provider,
                subject=f"47{number}",
                issuer=f"https://{provider}.com",
                email=f"ann@{provider}.example",
                now=datetime.now(UTC),
            )

    async def use(self, key: str) -> int:
        """Let a program use a key; tells the status it gets."""
        bearer = {"Authorization": f"Bearer {key}"}
        answer = await self.http.get("/v1/auth/me", headers=bearer)
        return answer.status_code

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            connect=lambda url: Client(connection(url, self.transport)),
            tokens=self.folder / "tokens",
            preferences=self.folder / "dashboard.json",
            exports=self.folder,
            keymap=self.keymap,
        )

    def target(self, **differences: Any) -> Target:
        return Target(**{"url": URL, "api_key": self.operator_key, **differences})

    @asynccontextmanager
    async def terminal(self, target: Target | None = None) -> AsyncIterator[Terminal]:
        """The dashboard, open."""
        app = Dashboard(target or self.target(), self.surroundings)
        async with app.run_test(size=self.size, notifications=True) as pilot:
            yield Terminal(app, pilot)


@dataclass
class Terminal:
    """What an operator sees and presses."""

    app: Dashboard
    pilot: Pilot[int]
    tried: defaultdict[type, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Which keys were pressed while they were bound, by the class that binds them."""

    @property
    def lines(self) -> list[str]:
        """Every line on screen."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip) for strip in strips]

    @property
    def text(self) -> str:
        """All that is on screen, with single spaces, so that words can be looked for."""
        return re.sub(r"[\s│┃▌]+", " ", " ".join(self.lines))

    async def press(self, *keys: str) -> None:
        for key in keys:
            self._note(key)
            await self.pilot.press(key)
        await self.pilot.pause()

    async def bursts(self, *keys: str | events.Paste) -> None:
        """Keys that come all at once, as over a slow line or from a password manager."""
        for key in keys:
            self.app.post_message(_pressed(key) if isinstance(key, str) else key)
        await self.pilot.pause()

    def _note(self, key: str) -> None:
        active = self.app.screen.active_bindings.get(key)
        for of in type(active.node).__mro__ if active is not None and active.enabled else ():
            bindings: list[Binding] = vars(of).get("BINDINGS", [])
            if of.__module__.startswith("tui.") and key in _keys_of(bindings):
                self.tried[of].add(key)
                return

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return "" if self.app.focused is None else self.app.focused.id or ""

    async def sign_in(self, email: str, password: str) -> None:
        await self.sees("E-mail", "Password")
        await self.write(email)
        await self.press("enter")
        await self.write(password)
        await self.press("enter")

    async def write(self, text: str) -> None:
        """Put a text where the cursor of writing is, as a terminal does with what is pasted."""
        await self.until(lambda: isinstance(self.app.focused, Input))
        assert self.app.focused is not None
        self.app.focused.post_message(events.Paste(text))
        await self.pilot.pause()

    async def sees(self, *words: str) -> None:
        """Come back once all of this is on screen."""
        await self.until(lambda: all(word in self.text for word in words))

    async def sees_like(self, pattern: str) -> str:
        """Come back with what on screen is like this; for ages, which nobody can hold still."""
        await self.until(lambda: re.search(pattern, self.text) is not None)
        found = re.search(pattern, self.text)
        return found[0] if found else ""

    async def is_asked(self, *words: str) -> None:
        """Come back once a dialog says all of this, on however many lines."""
        await self.until(lambda: all(word in self.question for word in words))

    @property
    def question(self) -> str:
        """What the dialog on top says; empty when there is none."""
        if not isinstance(self.app.screen, ModalScreen):
            return ""
        return "\n".join(str(static.content) for static in self.app.screen.query(Static))

    async def hears(self, *words: str) -> None:
        """Come back once toasts say all of this."""
        await self.until(lambda: all(word in self.news for word in words))

    @property
    def news(self) -> str:
        """Every toast that is up."""
        return "\n".join(toast.message for toast in self.app._notifications)

    async def no_longer_sees(self, word: str) -> None:
        await self.until(lambda: word not in self.text)

    async def until(self, condition: Callable[[], bool]) -> None:
        try:
            # Each look draws the whole screen.
            await until(condition, every=0.05)
        except TimeoutError:
            raise AssertionError("\n".join((*self.lines, self.question, self.news))) from None

    async def opens(self, view: str, *words: str) -> None:
        """Go to a view by its number, and wait for what it shows."""
        await self.sees("READ-ONLY")
        await self.press(view)
        await self.sees(*words)

    async def arms(self) -> None:
        await self.press("R")
        await self.sees("ARMED")

    @property
    def table(self) -> Table:
        return self.app.screen.query(Table).first()

    @property
    def current(self) -> Any:
        """The row under the cursor."""
        return self.table.current

    @property
    def current_line(self) -> str:
        """The line of the cursor, as it is drawn."""
        found = [line for line in self.lines if line.startswith("›")]
        assert len(found) == 1, self.lines
        return found[0]


def _pressed(key: str) -> events.Key:
    is_character = len(key) == 1
    return events.Key(
        _character_to_key(key) if is_character else key, key if is_character else None
    )


def _keys_of(bindings: list[Binding]) -> list[str]:
    return [key for binding in bindings for key in binding.key.split(",")]


@asynccontextmanager
async def world_of(settings: Settings, folder: Path, size: Size) -> AsyncIterator[World]:
    """The world with nobody in it but its operator."""
    async with serving(settings) as client:
        without_jar(client)
        world = World(client, StreamingTransport(app_of(client)), folder, size)
        if settings.mode == "full" and settings.password_auth_enabled:
            world.bearer = await world.session(OPERATOR_EMAIL, OPERATOR_PASSWORD)
            form = {"name": "the dashboard's"}
            world.operator_key = (await world.ask("POST", "/v1/auth/api-keys", json=form))["key"]
        yield world
