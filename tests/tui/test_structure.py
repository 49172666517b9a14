"""The dashboard's house: how deep its classes derive, and what each module keeps to itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import tui
from tui.http.errors import Trouble
from tui.operations.all import OPERATIONS
from tui.screens.palette import BY_ID

# Ours above the class of a library.
LEVELS = 2


def modules() -> Iterator[str]:
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        if not module.name.endswith("__main__"):
            yield module.name


def classes() -> Iterator[type[Any]]:
    for module in modules():
        for _, of in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if of.__module__ == module:
                yield of


def test_a_class_derives_from_at_most_one_of_ours_that_derives_from_a_library() -> None:
    deep = {}
    for of in classes():
        own = [base for base in of.__mro__ if base.__module__.startswith("tui.")]
        # The tree of errors is drawn where it stands, and rows are values.
        if len(own) > LEVELS and not issubclass(of, (Trouble, BaseModel)):
            deep[of] = own
    assert not deep


def test_no_module_reaches_for_a_private_name_of_another() -> None:
    reached = []
    for file in Path(tui.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tui"):
                reached += [(file, each.name) for each in node.names if each.name[0] == "_"]
    assert not reached


def test_every_operation_has_a_key_and_every_name_of_one_is_right() -> None:
    bound = {binding.action for of in classes() for binding in vars(of).get("BINDINGS", ())}
    called = {f"operate('{name}')" for name in OPERATIONS}
    assert called == {action for action in bound if action.startswith("operate(")}
    assert {act for _, act in BY_ID if isinstance(act, str)} <= set(OPERATIONS)
