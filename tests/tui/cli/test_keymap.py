"""The file of keys: what it may say, what is refused, and that every binding can be named in it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast

import pytest
from textual.binding import Binding

from tests.tui.test_structure import classes
from tui.cli import command, keymap
from tui.screens.key_help import sign

DOCUMENT = Path(__file__).parents[3] / "docs" / "dashboard.md"


def read(folder: Path, content: str | bytes) -> dict[str, str]:
    file = folder / "keys.toml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return keymap.read(file)


def own() -> list[tuple[type, Binding]]:
    return [(of, binding) for of in classes() for binding in vars(of).get("BINDINGS", ())]


def test_every_binding_has_an_id_that_the_file_may_name() -> None:
    assert {binding.id for _, binding in own()} == set(keymap.default_keys())
    bound = {of for of, _ in own()}
    in_reach = {base for screen in keymap.SCREENS for of in screen for base in of.__mro__}
    assert bound <= in_reach


def test_an_id_stands_for_one_thing_and_a_key_of_a_class_for_one_id() -> None:
    keys: dict[str, str] = {}
    ids: dict[tuple[type, str], str] = {}
    for of, binding in own():
        name = cast("str", binding.id)
        assert keys.setdefault(name, binding.key) == binding.key, name
        for key in binding.key.split(","):
            assert ids.setdefault((of, key), name) == name, (of, key)


def test_every_id_is_in_the_document_with_its_keys() -> None:
    document = DOCUMENT.read_text("utf-8")
    for name, keys in keymap.default_keys().items():
        line = f"| `{name}` | {' '.join(f'`{sign(key)}`' for key in keys)} |"
        assert line in document, line


def test_no_keys_collide_as_they_are_and_no_file_is_no_trouble(tmp_path: Path) -> None:
    assert keymap.read(tmp_path / "keys.toml") == {}
    defaults = "\n".join(f'"{name}" = "{",".join(k)}"' for name, k in keymap.default_keys().items())
    assert read(tmp_path, defaults) == {n: ",".join(k) for n, k in keymap.default_keys().items()}


@pytest.mark.parametrize(
    "content",
    [
        '"users.disable" = "ctrl+d, delete"\n"list.filter" = "?"\n"app.help" = "f1"',
        'users.disable = "ctrl+d,delete"\n[list]\nfilter = "question_mark"\n[app]\nhelp = "f1"',
    ],
)
def test_an_id_may_be_quoted_or_stand_in_a_table(tmp_path: Path, content: str) -> None:
    wanted = {"users.disable": "ctrl+d,delete", "list.filter": "question_mark", "app.help": "f1"}
    assert read(tmp_path, content) == wanted


@pytest.mark.parametrize(
    "content",
    [
        '"users.disable" = "D"\n"users.enable" = "d"',
        '"keys.revoke" = "w"\n"sessions.end" = "w"',
        '"users.log_out" = "w"\n"sessions.log_out" = "w"',
        '"users.disable" = "é"\n"users.enable" = "alt+d"',
        '"list.mark" = "comma,space"',
    ],
)
def test_keys_may_change_places_and_be_shared_as_before(tmp_path: Path, content: str) -> None:
    assert read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('"users.disabel" = "w"', "'users.disabel' is unknown; did you mean 'users.disable'?"),
        ('disable = "w"', "'disable' is unknown; did you mean"),
        ("[users]", "'users' is unknown"),
        ('[users.disable]\nkey = "w"', "'users.disable': its keys are a text"),
        ('"users.disable" = ["w"]', "'users.disable': its keys are a text"),
        ('"users.disable" = "w"\n[users]\ndisable = "v"', "'users.disable' stands there twice"),
        ('"users.disable" = ""', "'' is no key that a terminal sends"),
        ('"users.disable" = "w,"', "'' is no key"),
        ('"users.disable" = "ctrl+i"', "'ctrl+i' is no key that a terminal sends"),
        ('"users.disable" = "Escap"', "did you mean 'escape'?"),
        ('"users.disable" = "shift+d"', "'shift+d' is no key"),
        ('"users.disable" = "latin_small_letter_w"', "is no key"),
        ('"users.disable" = "\\u001b"', "'\\x1b' is no key"),
        ('"users.disable" = "m"', "'users.disable': 'm' is the key of 'users.set_roles' already"),
        ('"users.disable" = "k"', "is the key of 'list.up' already"),
        ('"app.pause" = "x"', "'app.pause': 'x' is the key of 'keys.revoke' already"),
        ('"list.mark" = "w"\n"list.sort" = "w"', "'list.mark': 'w' is the key of 'list.sort'"),
        ('"app.redraw" = "y"', "is the key of"),
        ('"dialog.yes" = "enter"', "'dialog.yes': 'enter' is the key of"),
        ('"filter.clear" = "w"', "'filter.clear' needs a key that types no character"),
        ('"filter.clear" = "/,é"', "'filter.clear' needs a key that types no character"),
        ('"dialog.cancel" = "w"', "'dialog.cancel' needs a key that types no character"),
        ("a = 1\nb = ?", "is not TOML: Invalid value (at line 2, column 5)"),
        (b'"users.disable" = "\xff"', "is not TOML: 'utf-8'"),
        ("a = " + "[" * 60_000, "is not TOML"),
        ("#" * (keymap.MAX_BYTES + 1), "has more than 65536 bytes"),
        (f'"{"a" * 9000}" = "w"', "…' is unknown"),
    ],
)
def test_what_cannot_be_obeyed_is_refused_in_one_line(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(keymap.KeymapRejected) as refused:
        read(tmp_path, content)
    said = str(refused.value)
    assert said.startswith(str(tmp_path / "keys.toml"))
    assert words in said
    assert said.isprintable()
    assert len(said) < 400


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, words in (("pipe", "is no file"), (".", "is no file"), ("loop", "symbolic links")):
        with pytest.raises(keymap.KeymapRejected, match=words):
            keymap.read(tmp_path / name)


def test_a_bad_file_ends_the_command_before_anything_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tui.session.paths.keys_file", lambda: tmp_path / "keys.toml")
    monkeypatch.setattr(command, "_has_terminal", lambda: True)
    (tmp_path / "keys.toml").write_text('"users.nothing" = "w"')
    with pytest.raises(SystemExit) as ended:
        command.run([])
    assert ended.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
