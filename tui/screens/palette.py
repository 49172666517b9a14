"""The command palette: every action with its key, here and elsewhere, and acts on an id.

Knows nothing of what an action does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.message import Message

from tui.lists.api_keys import API_KEYS
from tui.lists.audit import AUDIT
from tui.lists.listing import Listing
from tui.lists.sessions import SESSIONS
from tui.lists.users import USERS
from tui.screens.key_help import Key, by_use, here, key_of
from tui.screens.lists import ListView
from tui.screens.views import PANES, VIEWS
from tui.session import contexts, paths
from tui.text import plain
from tui.widgets.held_keys import HeldKey

# What is named by its id, which need not be on screen; a key also by its prefix, a user by address.
_ID = re.compile(
    r"\s*([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\s*", re.IGNORECASE
)
_ADDRESS = re.compile(r"\s*([^\s@]+@[^\s@]+)\s*")
_PREFIX = re.compile(r"\s*(evr_[0-9a-f]{4,64})\.*\s*", re.IGNORECASE)
# `evr_` and eight digits: more of a key than its prefix is never sent.
PREFIX_LENGTH = 12

Act = tuple[str, Callable[[], object]]

# A list opens the row of an id; an operation, by its name, is done to it.
BY_ID: tuple[tuple[str, Listing[Any] | str], ...] = (
    ("Open the user", USERS),
    ("Force logout of the user", "ForceLogout"),
    ("Disable the user", "Disable"),
    ("Unlink an identity of the user", "Unlink"),
    ("Open the API key", API_KEYS),
    ("Revoke the API key", "RevokeKeys"),
    ("Open the session", SESSIONS),
    ("End the session", "EndSessions"),
    ("Open the audit event", AUDIT),
    ("Enable the user", "Enable"),
    ("Set roles of the user", "SetRoles"),
)


class Actions(Provider):
    """Every key of the view below; and what can be done in the others, for whoever looks for it."""

    class KeyChosen(Message):
        """A key of the view below is to be pressed."""

        def __init__(self, key: HeldKey) -> None:
            super().__init__()
            self.key = key

    class ViewChosen(Message):
        """Another view is to be shown, and which of its keys was looked for."""

        def __init__(self, view: str, words: str) -> None:
            super().__init__()
            self.view, self.words = view, words

    async def discover(self) -> Hits:
        """Every key that works on the screen."""
        for key in self._keys:
            yield DiscoveryHit(self._display(key), self._pressed(key))

    async def search(self, query: str) -> Hits:
        """The keys and places whose words match."""
        matcher = self.matcher(query)
        for key in self._keys:
            score = matcher.match(key.description)
            if score > 0:
                yield Hit(score, matcher.highlight(self._display(key)), self._pressed(key))
        for words, lead_there in self._elsewhere():
            score = matcher.match(words)
            if score > 0:
                # Behind what can be done at once.
                yield Hit(score / 2, matcher.highlight(words), lead_there)

    def _elsewhere(self) -> Iterator[Act]:
        """To do it there one needs a row of that view: so it leads there, and says which key."""
        for mode in VIEWS:
            pane = PANES.get(mode)
            if pane is None or (isinstance(self.screen, ListView) and self.screen.pane is pane):
                continue
            lead = key_of(self.app, type(self.app), f"view.{mode}")
            for binding in pane.own_bindings():
                what = binding.tooltip or binding.description
                key = self.app.get_key_display(binding)
                words = f"{what}  (in {pane.listing.title}: {lead}, then {key})"
                yield words, partial(self._post, self.ViewChosen(mode, f"{key}: {what}"))

    def _post(self, message: Message) -> None:
        self.app.post_message(message)

    @property
    def _keys(self) -> list[Key]:
        return by_use(key for key in here(self.screen) if "palette" not in key.action)

    @staticmethod
    def _display(key: Key) -> str:
        return f"{key.description}  ({key.keys})"

    def _pressed(self, key: Key) -> Callable[[], None]:
        held = HeldKey(key.keys, key.action, key.owner)
        return partial(self._post, self.KeyChosen(held))


class ById(Provider):
    """Acts on what is named by an id, a key's prefix, or a user's address."""

    class Chosen(Message):
        """A row is to be opened in a list, or an operation to be done to it."""

        def __init__(self, act: Listing[Any] | str, name: str) -> None:
            super().__init__()
            self.act, self.name = act, name

    async def search(self, query: str) -> Hits:
        """The actions on the row that the query names."""
        for words, message in self._acts(query):
            yield Hit(1.0, words, partial(self.app.post_message, message), text=words)

    @staticmethod
    def _acts(query: str) -> Iterator[tuple[str, Message]]:
        if found := _ID.fullmatch(query):
            row_id = found[1].lower()
            for words, act in BY_ID:
                yield f"{words} {row_id}", ById.Chosen(act, row_id)
        elif found := _PREFIX.fullmatch(query):
            prefix = found[1][:PREFIX_LENGTH].lower()
            yield f"Open the API key {prefix}", ById.Chosen(API_KEYS, prefix)
            yield f"Revoke the API key {prefix}", ById.Chosen("RevokeKeys", prefix)
        elif found := _ADDRESS.fullmatch(query):
            yield f"Open the user {found[1]}", ById.Chosen(USERS, found[1])


class Contexts(Provider):
    """Switches to another of one's servers: `ctx` and its name."""

    class Chosen(Message):
        """The server of this context is wanted."""

        def __init__(self, context: str) -> None:
            super().__init__()
            self.context = context

    async def search(self, query: str) -> Hits:
        """The contexts whose names match, after the word `ctx`."""
        word, _, name = query.strip().partition(" ")
        if word != "ctx":
            return
        try:
            known = contexts.read(paths.contexts_file()).values()
        except contexts.ContextsRejected as rejected:
            yield Hit(1.0, Content(plain(str(rejected))), lambda: None, text=query)
            return
        for context in known:
            if context.name.startswith(name.strip()):
                words = plain(f"ctx {context.name}  ({context.url})")
                choose = partial(self.app.post_message, self.Chosen(context.name))
                yield Hit(1.0, Content(words), choose, text=words)
