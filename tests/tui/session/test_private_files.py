"""Files for one's own eyes, contexts, kept tokens, and one renewal at a time."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tui.http.auth import ByTokens
from tui.http.errors import NotKept, Unreachable
from tui.lists.schemas import TokenBody
from tui.session.contexts import ContextsRejected, checked_url, named
from tui.session.preferences import Preferences, remember, remembered
from tui.session.private_files import TooOpen, read_private, write_private
from tui.session.token_store import Tokens, TokenStore

pytestmark = pytest.mark.anyio

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


def token_store(folder: Path, url: str = "http://auth.test/api") -> TokenStore:
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


@pytest.mark.parametrize(("lifetime", "renewed_after"), [(900, 870), (8, 6), (1, 0.75)])
def test_tokens_are_renewed_before_their_end(lifetime: int, renewed_after: float) -> None:
    body = TokenBody(access_token="a", refresh_token="r", expires_in=lifetime)
    kept = Tokens.of(body, 1000.0)
    assert not kept.is_due(1000.0 + renewed_after - 0.01)
    assert kept.is_due(1000.0 + renewed_after)


class Renewals:
    """A server that renews, and refuses a refresh token that was used before."""

    def __init__(self) -> None:
        self.used: list[str] = []

    async def __call__(self, refresh_token: str) -> TokenBody:
        assert refresh_token not in self.used
        self.used.append(refresh_token)
        await asyncio.sleep(0.01)
        number = len(self.used)
        return TokenBody(
            access_token=f"access-{number}", refresh_token=f"refresh-{number}", expires_in=900
        )


async def test_many_requests_renew_once() -> None:
    renew, access = Renewals(), ByTokens(tokens("0"))
    found = await asyncio.gather(*(access.credential(renew) for _ in range(20)))
    assert found == ["access-1"] * 20
    assert renew.used == ["refresh-0"]


async def test_a_renewal_goes_on_when_nobody_waits_any_more() -> None:
    renew, access = Renewals(), ByTokens(tokens("0"))
    waiting = asyncio.create_task(access.credential(renew))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await access.credential(renew) == "access-1"
    assert renew.used == ["refresh-0"]


async def test_a_renewal_that_failed_is_tried_again() -> None:
    renew, access = Renewals(), ByTokens(tokens("0"))

    async def broken(_: str) -> TokenBody:
        raise Unreachable("it broke")

    found = await asyncio.gather(
        *(access.credential(broken) for _ in range(2)), return_exceptions=True
    )
    assert [type(one) for one in found] == [Unreachable] * 2
    assert await access.credential(renew) == "access-1"


async def test_tokens_that_cannot_be_kept_are_a_trouble(tmp_path: Path) -> None:
    below = tmp_path / "a file"
    below.write_text("")
    access = ByTokens(tokens("0"), token_store(below / "tokens"))
    with pytest.raises(NotKept, match=r"the kept sign-in cannot be used: .*Not a directory"):
        await access.credential(Renewals())


async def test_a_renewal_by_another_dashboard_is_adopted(tmp_path: Path) -> None:
    renew = Renewals()
    token_store(tmp_path).keep(tokens("0"))
    ours, theirs = (ByTokens(tokens("0"), token_store(tmp_path)) for _ in range(2))
    found = await asyncio.gather(ours.credential(renew), theirs.credential(renew))
    assert list(found) == ["access-1", "access-1"]
    assert renew.used == ["refresh-0"]


@pytest.mark.parametrize("kept", [None, Tokens("hers", "hers", 0.0, "somebody else")])
async def test_what_is_kept_is_left_alone_once_it_is_not_ours(
    tmp_path: Path, kept: Tokens | None
) -> None:
    renew = Renewals()
    access = ByTokens(tokens("0"), token_store(tmp_path))
    if kept is not None:
        token_store(tmp_path).keep(kept)
    assert await access.credential(renew) == "access-1"
    assert renew.used == ["refresh-0"]
    assert token_store(tmp_path).kept() == kept


def test_the_lock_outlives_what_is_kept(tmp_path: Path) -> None:
    token_store(tmp_path).keep(tokens("0"))
    with token_store(tmp_path).renewing():
        assert token_store(tmp_path).forget()
        lock = token_store(tmp_path).file.with_suffix(".lock")
        assert lock.exists()
