"""Texts of strangers: letters that steer a terminal are spelled out, all others stay."""

import pytest

from convscope.printable import is_printable, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\x9b2Jb\x85", r"a\x9b2Jb\x85"),
        ("cat\u202egnp.exe\u2066\u200e", r"cat\u202egnp.exe\u2066\u200e"),
        ("a\u2028b\ufeff\u00ad", r"a\u2028b\ufeff\xad"),
        ("half\udc80", r"half\udc80"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_letters_that_steer_are_spelled_out(text, shown):
    assert printable(text) == shown
    assert not is_printable(text)
    assert is_printable(shown)


@pytest.mark.parametrize(
    "text",
    ["", "plain", "пчела 蜂 نحلة", "Screenshot at 3.05\u202fPM.png", "👩\u200d🔬", "a\u00a0b"],
)
def test_letters_that_are_only_seen_stay(text):
    assert printable(text) == text
    assert is_printable(text)
