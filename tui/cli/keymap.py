"""The file of keys: which bindings an operator has put on other keys.

    "users.disable" = "ctrl+d"
    [list]
    up = "up,w"

Knows what is bound where, and nothing of what it does.
"""

from __future__ import annotations

import re
import stat
import string
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys
from textual.screen import ModalScreen
from textual.widgets import Button, OptionList

from tui.app import Dashboard
from tui.screens.details import EventView, KeyView, SessionView, UserView
from tui.screens.dialogs.choice import Choice
from tui.screens.dialogs.columns import Columns
from tui.screens.dialogs.confirm import Confirm
from tui.screens.dialogs.form import Form
from tui.screens.help import Help
from tui.screens.lists import ListView
from tui.screens.overview import OverviewView
from tui.screens.sign_in import SignIn
from tui.widgets.checkbox import Checkbox
from tui.widgets.detail import Detail
from tui.widgets.filter_input import FilterInput
from tui.widgets.panes import ApiKeysPane, AuditPane, SessionsPane, UsersPane
from tui.widgets.table import Table
from tui.widgets.text_input import TextInput

_PANES = (ApiKeysPane, AuditPane, SessionsPane)
_LIST = (Table, FilterInput)
# Bindings that may be in reach at once, a line a screen.
SCREENS: tuple[tuple[type[DOMNode], ...], ...] = (
    *((Dashboard, ListView, pane, *_LIST) for pane in (UsersPane, *_PANES)),
    *((Dashboard, UserView, pane, *_LIST) for pane in _PANES),
    *((Dashboard, view, Detail) for view in (KeyView, SessionView, EventView)),
    (Dashboard, OverviewView, ApiKeysPane, *_LIST),
    (Dashboard, SignIn, TextInput, Checkbox, Button),
    (Dashboard, Confirm, TextInput, Button),
    (Dashboard, Form, TextInput, Button),
    (Dashboard, Choice, OptionList),
    (Dashboard, Columns, Checkbox),
    (Dashboard, Help),
    (FilterInput,),
)
MAX_BYTES = 64 * 1024
MAX_SHOWN = 60
# A letter there is typed into a text.
_OF_TEXTS = ("dialog", "filter", "input", "sign_in")
# A terminal sends these as Backspace, Tab and Enter, or never.
_NEVER_SENT = {"ctrl+h", "ctrl+i", "ctrl+m", "return", "ctrl-at"}
_NAMED = {key.value for key in Keys if "<" not in key.value and "insert" not in key.value[1:]}
# Characters that have a name; every other is its own.
_SIGNS = {
    "space",
    "comma",
    *(
        each.key
        for each in Binding.make_bindings([Binding(c, "") for c in string.punctuation if c != ","])
    ),
}
_KEYS = (_NAMED | _SIGNS) - _NEVER_SENT
_WITH_ALT = re.compile(r"alt\+[a-z0-9]")


class KeymapRejected(Exception):
    """The file cannot be used; the words say where and why."""


def read(file: Path) -> dict[str, str]:
    """The keys of each binding that the file names, by the binding's id; empty without a file.

    Raises:
        KeymapRejected: the file cannot be read, or a line of it cannot be obeyed.
    """
    try:
        keymap = {name: _keys(name, keys) for name, keys in _entries(_content(file))}
        _refuse_collisions(keymap)
    except FileNotFoundError:
        return {}
    except OSError as unreadable:
        raise KeymapRejected(f"{file}: {unreadable.strerror or unreadable}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as malformed:
        raise KeymapRejected(f"{file} is not TOML: {malformed}") from None
    except KeymapRejected as rejected:
        raise KeymapRejected(f"{file}: {rejected}") from None
    return {name: ",".join(keys) for name, keys in keymap.items()}


def bindings(of: type[DOMNode]) -> dict[str, Binding]:
    """The bindings of a class and of its bases by their key, merged as Textual does."""
    return {
        binding.key: binding
        for base in reversed(of.__mro__)
        for binding in Binding.make_bindings(vars(base).get("BINDINGS", ()))
    }


def default_keys() -> dict[str, list[str]]:
    """The keys of every binding that can be put on others, by its id."""
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for of in {of: None for classes in SCREENS for of in classes}:
        for key, binding in bindings(of).items():
            if binding.id is not None and _is_ours(binding):
                found[binding.id][key] = None
    return {name: list(keys) for name, keys in found.items()}


def _content(file: Path) -> str:
    # What is no file, such as a pipe, may never end.
    if not stat.S_ISREG(file.stat().st_mode):
        raise KeymapRejected("is no file")
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise KeymapRejected(f"has more than {MAX_BYTES} bytes")
    return content.decode()


def _entries(content: str) -> Iterator[tuple[str, object]]:
    """The id and its keys, whether they stand in a table, behind dots or in quotes."""
    seen = set()
    for table, value in tomllib.loads(content).items():
        inner = value.items() if isinstance(value, dict) else ()
        for name, keys in [(f"{table}.{name}", keys) for name, keys in inner] or [(table, value)]:
            if name in seen:
                raise KeymapRejected(f"{_shown(name)} stands there twice")
            seen.add(name)
            yield name, keys


def _keys(name: str, value: object) -> list[str]:
    known = default_keys()
    if name not in known:
        nearest = get_close_matches(name[:MAX_SHOWN], known, 1, cutoff=0)[0]
        raise KeymapRejected(f"{_shown(name)} is unknown; did you mean {nearest!r}?")
    if not isinstance(value, str):
        raise KeymapRejected(f'{name!r}: its keys are a text, such as "ctrl+d" or "x,delete"')
    keys = [_key(name, key.strip()) for key in value.split(",")]
    is_among_text = name.partition(".")[0] in _OF_TEXTS
    if is_among_text and all(map(_is_typed, keys)) and not all(map(_is_typed, known[name])):
        raise KeymapRejected(f"{name!r} needs a key that types no character; {value!r} does")
    return list(dict.fromkeys(keys))


def _key(name: str, key: str) -> str:
    """A key as Textual names it."""
    if key in _KEYS or _WITH_ALT.fullmatch(key):
        return key
    if len(key) == 1 and key.isprintable() and not key.isspace():
        return next(iter(Binding.make_bindings([Binding(key, "")]))).key
    near = get_close_matches(key[:MAX_SHOWN].lower(), _KEYS, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise KeymapRejected(f"{name!r}: {_shown(key)} is no key that a terminal sends{hint}")


def _is_typed(key: str) -> bool:
    return len(key) == 1 or key in _SIGNS


def _shown(text: str) -> str:
    return repr(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")


def _refuse_collisions(keymap: Mapping[str, list[str]]) -> None:
    """Refuse a key that stands for two things on one screen, unless it did so before."""
    known = default_keys()
    for classes in SCREENS:
        held: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for key, name in _in_reach(classes, keymap):
            for other in held[key]:
                is_moved = name in keymap or other in keymap
                has_shared = set(known.get(name, [key])) & set(known.get(other, [key]))
                if name != other and is_moved and not has_shared:
                    moved, place = (name, other) if name in keymap else (other, name)
                    raise KeymapRejected(f"{moved!r}: {key!r} is the key of {place!r} already")
            held[key][name] = None


def _in_reach(
    classes: tuple[type[Any], ...], keymap: Mapping[str, list[str]]
) -> Iterator[tuple[str, str]]:
    """Each key in force on a screen with the id of what it is bound to, or the words for it."""
    is_modal = any(issubclass(of, ModalScreen) for of in classes)
    for of in classes:
        # In the filter the keys for writing are nearer than the list's, and that is as it should be.
        has_foreign = of is not FilterInput or len(classes) == 1
        for key, binding in bindings(of).items():
            if is_modal and of is Dashboard and not binding.priority:
                continue
            if binding.id is not None and _is_ours(binding):
                for moved in keymap.get(binding.id, [key]):
                    yield moved, binding.id
            elif has_foreign:
                yield key, binding.description or binding.action


def _is_ours(binding: Binding) -> bool:
    """Whether it is one of the dashboard's; those of Textual's own widgets have no dot in their id."""
    return "." in (binding.id or "")
