"""Files for one's own eyes: contexts, preferences, kept tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.http.auth import Tokens
from tui.lists.schemas import TokenBody
from tui.session.contexts import ContextsRejected, checked_url, named
from tui.session.preferences import Preferences, remember, remembered
from tui.session.private_files import TooOpen, read_private, write_private
from tui.session.token_store import TokenStore

CONTEXTS = """
[production]
url = "https://auth.example.com/api/"
colour = "red"
read_only = true

[local]
url = "http://localhost:9300/api"
"""


def contexts(folder: Path, text: str = CONTEXTS) -> Path:
    file = folder / "contexts.toml"
    write_private(file, text)
    return file


def test_a_context_names_a_server(tmp_path: Path) -> None:
    context = named("production", contexts(tmp_path))
    assert (context.url, context.colour, context.is_read_only) == (
        "https://auth.example.com/api",
        "red",
        True,
    )
    assert not named("local", contexts(tmp_path)).is_read_only


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[a]\nurl = 'ftp://x'", "begins with http"),
        ("[a]\ncolour = 'red'", r"\[a\] url: is missing"),
        ("[a]\nurl = 'http://x'\ncolour = 'mauve'", r"\[a\] colour: is none of: red, green"),
        ("[a]\nurl = 'http://x'\nreadonly = true", r"\[a\] readonly: is unknown"),
        ("a = 1", r"\[a\] is no context"),
        ("[a", "is not TOML"),
        ("[b]\nurl = 'http://x'", "has no context 'a'; it has: b"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ContextsRejected, match=words):
        named("a", contexts(tmp_path, text))


def test_contexts_that_others_can_read_are_refused(tmp_path: Path) -> None:
    file = contexts(tmp_path)
    file.chmod(0o640)
    with pytest.raises(ContextsRejected, match=r"mode 640.*chmod 600"):
        named("local", file)


def test_no_contexts_at_all(tmp_path: Path) -> None:
    with pytest.raises(ContextsRejected, match="there is no"):
        named("local", tmp_path / "contexts.toml")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "auth",
        "ftp://x",
        "http://",
        "http://ann:pass@x/api",
        "http://x:99999/api",
        "http://x:abc/api",
        "http://x:0/api",
    ],
)
def test_an_unfit_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        checked_url(url)


def test_a_private_file_is_for_its_owner_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    write_private(file, "old")
    write_private(file, "new")
    assert read_private(file) == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["file"]
    file.chmod(0o604)
    with pytest.raises(TooOpen):
        read_private(file)


def test_taste_is_remembered_and_never_in_the_way(tmp_path: Path) -> None:
    file = tmp_path / "dashboard.json"
    assert remembered(file) == Preferences()
    remember(file, Preferences(theme="nord"))
    assert remembered(file).theme == "nord"
    file.write_text("{")
    assert remembered(file) == Preferences()
    remember(tmp_path / "dashboard.json" / "below-a-file", Preferences())


def token_store(folder: Path, url: str = "https://auth.test/api") -> TokenStore:
    return TokenStore(folder, url, "production")


def tokens(name: str, renew_at: float = 0.0) -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", renew_at)


def test_kept_tokens_belong_to_one_url(tmp_path: Path) -> None:
    token_store(tmp_path).keep(tokens("a"))
    assert token_store(tmp_path).kept() == tokens("a")
    assert token_store(tmp_path, "http://elsewhere").kept() is None
    copied = token_store(tmp_path, "http://elsewhere").file
    write_private(copied, token_store(tmp_path).file.read_text())
    assert token_store(tmp_path, "http://elsewhere").kept() is None
    assert token_store(tmp_path).forget()
    assert not token_store(tmp_path).forget()
    assert token_store(tmp_path).kept() is None


def test_tokens_show_nothing_of_themselves() -> None:
    body = TokenBody(access_token="secret", refresh_token="secret", expires_in=900)
    assert "secret" not in f"{body!r} {body} {Tokens.of(body, 0.0)!r}"
