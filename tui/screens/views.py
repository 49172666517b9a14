"""Owns which views there are, in the order of their numbers."""

from __future__ import annotations

from tui.screens.lists import ApiKeysView, AuditView, SessionsView, UsersView
from tui.screens.overview import OverviewView
from tui.screens.view import View

VIEWS: dict[str, type[View]] = {
    "overview": OverviewView,
    "users": UsersView,
    "keys": ApiKeysView,
    "sessions": SessionsView,
    "audit": AuditView,
}
