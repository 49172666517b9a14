"""Owns what the palette offers: every action with its key, here and elsewhere, and acts on an id.

Knows nothing of what an action does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.message import Message

from tui.screens.key_help import Key, by_use, here, sign
from tui.screens.lists import ListView
from tui.screens.views import VIEWS
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
        for key in self._keys:
            yield DiscoveryHit(self._display(key), self._pressed(key))

    async def search(self, query: str) -> Hits:
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
        for digit, (mode, view) in enumerate(VIEWS.items(), 1):
            if not issubclass(view, ListView) or isinstance(self.screen, view):
                continue
            for binding in view.pane.own_bindings():
                what, key = binding.tooltip or binding.description, sign(binding.key)
                words = f"{what}  (in {view.pane.listing.title}: {digit}, then {key})"
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
        """Something is to be done with what is named."""

        def __init__(self, act: str, name: str) -> None:
            super().__init__()
            self.act, self.name = act, name

    def _chosen(self, act: str, name: str) -> Callable[[], object]:
        return partial(self.app.post_message, self.Chosen(act, name))

    async def search(self, query: str) -> Hits:
        for words, run in self._acts(query):
            yield Hit(1.0, words, run, text=words)

    def _acts(self, query: str) -> Iterator[Act]:
        if found := _ID.fullmatch(query):
            row_id = found[1].lower()
            yield f"Open the user {row_id}", self._chosen("open_user", row_id)
            yield f"Force logout of the user {row_id}", self._chosen("force_logout", row_id)
            yield f"Disable the user {row_id}", self._chosen("disable_user", row_id)
            yield (
                f"Unlink an identity of the user {row_id}",
                self._chosen("ask_for_unlinking", row_id),
            )
            yield f"Open the API key {row_id}", self._chosen("open_key", row_id)
            yield f"Revoke the API key {row_id}", self._chosen("revoke_key", row_id)
            yield f"Open the session {row_id}", self._chosen("open_session", row_id)
            yield f"End the session {row_id}", self._chosen("end_session", row_id)
            yield f"Open the audit event {row_id}", self._chosen("open_event", row_id)
            yield f"Enable the user {row_id}", self._chosen("enable_user", row_id)
            yield f"Set roles of the user {row_id}", self._chosen("set_roles_of", row_id)
        elif found := _PREFIX.fullmatch(query):
            prefix = found[1][:PREFIX_LENGTH].lower()
            yield f"Open the API key {prefix}", self._chosen("open_by_prefix", prefix)
            yield f"Revoke the API key {prefix}", self._chosen("revoke_by_prefix", prefix)
        elif found := _ADDRESS.fullmatch(query):
            address = found[1]
            yield f"Open the user {address}", self._chosen("open_by_address", address)
