from __future__ import annotations

from pathlib import Path

from api.audit import Action
from api.cli.admin import app
from api.settings import variables

ROOT = Path(__file__).parents[2]


def test_the_readme_names_every_setting() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    assert not [name for name in variables() if f"`{name}`" not in page]


def test_every_audit_action_is_explained() -> None:
    page = (ROOT / "docs" / "audit.md").read_text("utf-8")
    assert not [action.value for action in Action if f"`{action.value}`" not in page]


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


def test_the_readme_names_every_admin_command() -> None:
    page = (ROOT / "README.md").read_text("utf-8")
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        assert name == "help" or f"`{name}" in page, name
