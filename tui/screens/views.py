"""The views, in the order of their numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tui.context import AppContext
from tui.screens.lists import ListView
from tui.screens.overview import OverviewView
from tui.screens.view import View
from tui.widgets.list_pane import ListPane
from tui.widgets.panes import ApiKeysPane, AuditPane, SessionsPane, UsersPane

PANES: dict[str, type[ListPane[Any]]] = {
    "users": UsersPane,
    "keys": ApiKeysPane,
    "sessions": SessionsPane,
    "audit": AuditPane,
}
VIEWS: dict[str, Callable[[AppContext], View]] = {
    "overview": OverviewView,
    **{name: partial(ListView, pane=pane) for name, pane in PANES.items()},
}
