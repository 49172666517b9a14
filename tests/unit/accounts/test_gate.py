from __future__ import annotations

import ast
from pathlib import Path

from api.accounts import gate
from api.accounts.gate import PasswordProof

API = Path(gate.__file__).parents[1]


def test_only_the_gate_opens_sessions() -> None:
    callers = {
        path.relative_to(API).as_posix()
        for path in API.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Name | ast.Attribute | ast.alias)
        and "open_session" in (getattr(node, key, "") for key in ("id", "attr", "name"))
    }
    assert callers == {"accounts/gate.py"}


def test_a_proof_says_no_hash() -> None:
    assert "$2b$" not in repr(PasswordProof("$2b$12$stored", "$2b$12$new"))
