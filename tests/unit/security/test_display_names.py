from __future__ import annotations

import pytest

from api.errors import Invalid
from api.security.display_names import valid_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Ann Under ", "Ann Under"),
        ("Jose\u0301", "Jos\u00e9"),
        ("李", "李"),
        ("🧑 Ann", "🧑 Ann"),
        ("山田\u3000太郎", "山田\u3000太郎"),
        ("<b>", "<b>"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_name_is_trimmed_and_otherwise_left_alone(text: str, name: str) -> None:
    assert valid_name(text) == name


# A joiner, a variation selector, a soft hyphen, a direction, a filler, and what shows nothing.
HIDDEN = [
    *("👩\u200d💻", "QQ\ufe0f", "Q\u00adQ", "QQ\u202eQQ", "QQ\u3164", "QQ\U000e0041"),
    *("\u2800", "\u0301", "\u3164", "\u00a0 \u3000"),
]


@pytest.mark.parametrize(
    "text", ["", "   ", "x" * 201, "QQ\nQQ", "QQ\0QQ", "QQ\x7fQQ", "QQ\x1b[2JQQ", *HIDDEN]
)
def test_an_unfit_name_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        valid_name(text, field="nickname")
    (error,) = refused.value.errors
    assert error.field == "nickname"
    assert error.message.startswith("Name must ")
    assert "QQ" not in error.message


@pytest.mark.parametrize("text", ["e\u0301" * 101, "\u0958" * 101])
def test_a_name_is_short_as_it_is_sent_and_as_it_is_kept(text: str) -> None:
    # The first becomes half as long when it is composed, the second twice as long.
    with pytest.raises(Invalid, match="at most 200"):
        valid_name(text)
