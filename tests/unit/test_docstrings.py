"""Public functions have docstrings, and these begin with the thing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Share of public functions and methods that must have one; the rest speak for themselves.
LEAST = 0.92
Function = ast.FunctionDef | ast.AsyncFunctionDef


def trees(package: str) -> Iterator[tuple[Path, ast.Module]]:
    for file in sorted((ROOT / package).rglob("*.py")):
        yield file, ast.parse(file.read_text("utf-8"))


def public_functions(node: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """The functions of a module, and the methods of its public classes; none nested in another."""
    for child in node.body:
        if isinstance(child, Function | ast.ClassDef) and not child.name.startswith("_"):
            if isinstance(child, ast.ClassDef):
                yield from public_functions(child)
            else:
                yield child


@pytest.mark.parametrize("package", ["api", "models", "tui"])
def test_nearly_every_public_function_has_a_docstring(package: str) -> None:
    functions = [
        (file, function) for file, tree in trees(package) for function in public_functions(tree)
    ]
    bare = [f"{file}: {f.name}" for file, f in functions if not ast.get_docstring(f)]
    assert 1 - len(bare) / len(functions) >= LEAST, bare


@pytest.mark.parametrize("package", ["api", "models", "tui"])
def test_no_docstring_begins_with_a_clause_instead_of_the_thing(package: str) -> None:
    texts = [
        (file, ast.get_docstring(node))
        for file, tree in trees(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | Function)
    ]
    odd = re.compile(r"(Owns|What|Whoever|Whatever|That which)\b")
    assert not [f"{file}: {text}" for file, text in texts if text and odd.match(text)]
