"""Texts of strangers, as a terminal or a page may show them."""

import unicodedata

# Spaces, and the joiners that some scripts and emoji are written with.
HARMLESS = frozenset("\u200c\u200d")


def is_printable(text: str) -> bool:
    """Whether every letter is only seen: none steers a terminal or turns the direction of lines."""
    return text.isprintable() or all(map(_is_seen, text))


def printable(text: str) -> str:
    r"""A text on one line, with letters that would steer what shows it spelled out.

    Example:
        >>> printable("a\x1b[2J\nb")
        'a\\x1b[2J\\nb'
    """
    if text.isprintable():
        return text
    return "".join(
        letter if _is_seen(letter) else letter.encode("unicode_escape").decode() for letter in text
    )


def _is_seen(letter: str) -> bool:
    return letter.isprintable() or letter in HARMLESS or unicodedata.category(letter) == "Zs"
