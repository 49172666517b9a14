from __future__ import annotations

import pytest

from api.characters import holds_hidden, is_blank, is_hidden, is_plain_local_part

# Default_Ignorable_Code_Point of Unicode 16, DerivedCoreProperties.txt.
IGNORABLE = (
    *(range(0xAD, 0xAE), range(0x34F, 0x350), range(0x61C, 0x61D), range(0x115F, 0x1161)),
    *(range(0x17B4, 0x17B6), range(0x180B, 0x1810), range(0x200B, 0x2010)),
    *(range(0x202A, 0x202F), range(0x2060, 0x2070), range(0x3164, 0x3165)),
    *(range(0xFE00, 0xFE10), range(0xFEFF, 0xFF00), range(0xFFA0, 0xFFA1)),
    *(range(0xFFF0, 0xFFF9), range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B)),
    range(0xE0000, 0xE1000),
)


def test_what_unicode_lets_a_program_ignore_is_hidden_and_blank() -> None:
    characters = [chr(code) for part in IGNORABLE for code in part]
    assert all(map(is_hidden, characters))
    assert is_blank("".join(characters))


@pytest.mark.parametrize("character", "\0\n\x7f\x9f\u2028\u2029\ue000\ud800\uffff\u0378\U0010ffff")
def test_what_is_no_character_is_hidden(character: str) -> None:
    assert holds_hidden(f"a{character}")


@pytest.mark.parametrize("text", ["Ann Under", "山田\u3000太郎", "🙂", "é", "e\u0301", "a\u00a0b"])
def test_letters_accents_blanks_and_pictures_are_not_hidden(text: str) -> None:
    assert not holds_hidden(text)
    assert not is_blank(text)


@pytest.mark.parametrize("text", ["", " \u00a0\u3000", "\u2800", "\u0301\u0316", "\U0001d159 "])
def test_blanks_and_accents_alone_show_nothing(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize(
    "text", ["admin\ufe0f", "ad\u00admin", "\uff41dmin", "ﬁnn", "a\u2800", "ann²", "\u115fann"]
)
def test_a_local_part_that_looks_like_another_is_not_plain(text: str) -> None:
    assert not is_plain_local_part(text)
    assert is_plain_local_part("josé.李+news")
