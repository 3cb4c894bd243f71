"""Texts of strangers, made safe to show in a terminal or on a page."""

import unicodedata

# Spaces, and the joiners that some scripts and emoji are written with.
HARMLESS = frozenset("\u200c\u200d")


def is_printable(text: str) -> bool:
    """Return whether no character controls a terminal or changes the direction of text."""
    return text.isprintable() or all(map(_is_seen, text))


def printable(text: str) -> str:
    r"""Return a text on one line, with escapes for characters that control a terminal.

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
