"""The documents say what the code does, and nothing in them leads nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.audit import Action
from api.cli.admin import app
from api.errors import Refusal
from api.http.openapi import document
from api.http.problems import MACHINERY, status_of
from api.routes.all import ROUTES
from api.settings import Settings, variables
from api.settings.database_url import DatabaseUrl
from api.settings.fields import DEFAULT_DATABASE

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
_CODE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
# As this project's paths are written: `api/http/`, `models/schema.py`, `api.server.start`.
_PATH = re.compile(r"`((?:api|models|tui|migrations|tests|benchmarks|docs|deploy)/[\w./-]*)`")
# Codes that are never answered: those below them are.
_BRANCHES = {"forbidden", "conflict"}
_MODULE = re.compile(r"`(?:python -m )?((?:api|models|tui|migrations)(?:\.[a-z_]+)+)`")


def page(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def table(name: str) -> list[str]:
    """The first cells of a page's tables."""
    return [line.split("|")[1] for line in page(name).splitlines() if line.startswith("|")]


def test_every_setting_is_in_a_table_of_the_settings_page() -> None:
    cells = table("docs/settings.md")
    assert not [name for name in variables() if f" `{name}` " not in cells]


def test_the_settings_page_names_no_setting_that_is_not_there() -> None:
    known = set(variables())
    named = {name for cell in table("docs/settings.md") for name in re.findall(r"[A-Z_]{6,}", cell)}
    assert named <= known


def test_the_settings_page_has_every_default() -> None:
    rows = [row.split(" | ") for row in page("docs/settings.md").splitlines() if row[:3] == "| `"]
    documented = {row[0].strip("| `"): row[1] for row in rows}
    for field in Settings.model_fields.values():
        words = documented[str(field.validation_alias)]
        # A redirect URI follows from other settings.
        assert words == _in_words(field.default) or words.startswith("`{AUTH_BASE_URL}")


def _in_words(default: object) -> str:
    """A default as the page writes it."""
    match default:
        case None:
            return "none"
        case "" | ():
            return "empty"
        case bool():
            default = str(default).lower()
        case tuple():
            default = " ".join(default)
        case SecretStr():
            default = default.get_secret_value()
        case DatabaseUrl():
            default = DEFAULT_DATABASE
    return f"`{default}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    text = _CODE.sub("", page.read_text("utf-8"))
    assert not [link for link in _LINK.findall(text) if not _leads_somewhere(page, link)]


def _leads_somewhere(page: Path, link: str) -> bool:
    if link.startswith("https://"):
        return True
    name, _, anchor = link.partition("#")
    target = page.parent / name if name else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _anchors(page: Path) -> Iterator[str]:
    """What a heading is reached by: lower case, without punctuation, hyphens for blanks."""
    for heading in _HEADING.findall(_CODE.sub("", page.read_text("utf-8"))):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


# What a changelog names may be gone since.
@pytest.mark.parametrize("page", [*PAGES[:1], *PAGES[2:]], ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    text = page.read_text("utf-8")
    named = [*_PATH.findall(text), *(name.replace(".", "/") for name in _MODULE.findall(text))]
    assert not [name for name in named if not _exists(name)]


def _exists(name: str) -> bool:
    return (ROOT / name).exists() or (ROOT / f"{name}.py").exists()


def test_every_audit_action_is_explained() -> None:
    cells = "".join(table("docs/audit.md"))
    assert not [action.value for action in Action if f"`{action.value}`" not in cells]


def test_the_contracts_actions_are_all_there() -> None:
    assert set(Action) == {
        "auth.register",
        "auth.login",
        "auth.logout",
        "auth.refresh.reuse_detected",
        "auth.password.changed",
        "auth.oauth.login",
        "auth.oauth.linked",
        "auth.api_key.created",
        "auth.api_key.revoked",
        "auth.session.revoked",
        "auth.user.created",
        "auth.user.updated",
        "auth.user.deleted",
        "auth.user.logged_out",
        "auth.rate_limited",
    }


def test_the_runbook_names_every_admin_command() -> None:
    cells = [cell.strip(" `").partition(" ")[0] for cell in table("docs/runbook.md")]
    names = {
        command.name or getattr(command.callback, "__name__", "")
        for command in app.registered_commands
    }
    assert not names - {"help"} - set(cells)


def test_the_readme_is_read_in_a_few_minutes() -> None:
    assert len(page("README.md").splitlines()) <= 260


def test_the_page_of_the_api_has_every_route_and_no_other() -> None:
    cells = " ".join(table("docs/api.md"))
    documented = set(re.findall(r"`([A-Z]+ /[^`]*)`", cells)) - {"GET /openapi.json"}
    assert documented == {
        f"{route.methods[0]} {re.sub(r'{[a-z]+_id}', '{id}', route.path)}" for route in ROUTES
    }


def test_the_page_of_the_api_has_every_member_of_every_body() -> None:
    schemas = document(ROUTES, server_url="http://localhost")["components"]["schemas"].values()
    named = set(re.findall(r"\w+", page("docs/api.md")))
    assert not {name for schema in schemas for name in schema.get("properties", ())} - named


def test_the_page_of_the_api_has_every_error_code_with_its_status() -> None:
    rows = page("docs/api.md").partition("\n## Errors\n")[2]
    documented = set(re.findall(r"^\| (\d+) \| `(\w+)` \|", rows, re.MULTILINE))
    codes = {
        (str(status_of(one)), one.code) for one in _below(Refusal) if one.code not in _BRANCHES
    }
    codes |= {(str(status), code) for status, (code, _) in MACHINERY.items()}
    assert documented == codes | {("500", "internal_error")}


def _below(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for branch in refusal.__subclasses__():
        yield branch
        yield from _below(branch)


def test_the_map_has_every_folder_of_the_code() -> None:
    cells = "".join(table("docs/development.md"))
    folders = [
        folder.parent.relative_to(ROOT)
        for name in ("api", "models", "tui", "migrations")
        for folder in (ROOT / name).glob("*/__init__.py")
    ]
    assert not [str(folder) for folder in folders if f"`{folder}/`" not in cells]
