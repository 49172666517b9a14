"""Owns what spares the tests most of the parsing of styles.

Textual parses every style anew for each application, and twice more for each view that is entered:
a seventh of what a pilot test costs. What a text means depends on nothing but its arguments and the
theme's variables, so that one process needs to read it once. Then each widget puts several hundred
rules into sets, and their hash is a method in Python that returns what `object` would in C.
"""

from __future__ import annotations

from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


def remember_styles(patch: pytest.MonkeyPatch) -> None:
    """Let every stylesheet of this process share what has been parsed."""
    parse = Stylesheet._parse_rules
    parsed: dict[object, list[RuleSet]] = {}

    def remembered(sheet: Stylesheet, css: str, *where: Any, **named: Any) -> list[RuleSet]:
        key = (tuple(sheet._variables.items()), css, where, tuple(named.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, css, *where, **named)
        return parsed[key]

    patch.setattr(Stylesheet, "_parse_rules", remembered)
    patch.setattr(RuleSet, "__hash__", object.__hash__)
