"""The current server, and the operator there. Knows nothing of screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tui.http.client import Client
from tui.session.login import Entered
from tui.session.target import Target
from tui.session.token_store import TokenStore

Connect = Callable[[str], Client]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The surroundings of the dashboard: the way to servers, and the place of its files."""

    connect: Connect
    tokens: Path
    preferences: Path
    exports: Path
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys that stand for other bindings than by default, by the ids of those; several by comma."""

    def token_store(self, target: Target) -> TokenStore:
        """The place where the tokens of a target are kept."""
        return TokenStore(self.tokens, target.url, target.context or None)


@dataclass(frozen=True, slots=True)
class Operator:
    """Who asks for an operation, and when. `api_key` is the dashboard's own, or empty."""

    user_id: str
    api_key: str = field(repr=False)
    now: datetime


class OperatorSession:
    """A server, the connection to it, and the sign-in there."""

    def __init__(self, target: Target, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self.entered: Entered | None = None
        self._connect(target)

    def _connect(self, target: Target) -> None:
        self.target = target
        self.client = self._surroundings.connect(target.url)
        self.token_store = self._surroundings.token_store(target)

    def move_to(self, url: str) -> Client | None:
        """Ask another server from now on.

        Returns the client of the server that is left, which the caller closes; None where the URL is
        the same.
        """
        target = self.target.at(url.strip().rstrip("/"))
        if target == self.target:
            return None
        left = self.client
        self._connect(target)
        return left

    def operator(self, now: datetime) -> Operator:
        """The user who is signed in."""
        user_id = self.entered.me.id if self.entered is not None else ""
        return Operator(user_id, self.target.api_key or "", now)
