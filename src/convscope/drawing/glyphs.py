"""Characters in figures: which font on the machine has them, and replacements for the others."""

import re
import warnings
from collections.abc import Iterable
from functools import cache
from typing import Any

from convscope.errors import ConvscopeWarning

FAMILY = "DejaVu Sans"  # comes with Matplotlib, so a figure looks the same everywhere


def families(text: str) -> list[str]:
    """Return the fonts that draw a text: Matplotlib's own first, then those that have the rest."""
    return [FAMILY, *dict.fromkeys(filter(None, map(_font_with, _foreign(text))))]


# The classes of every network that was opened, whose names have foreign letters: their indices.
_CLASSES: dict[str, set[int]] = {}


def name_classes(labels: Iterable[str]) -> None:
    """Register the names of classes, so that a name that cannot be drawn is shown by its index."""
    for index, label in enumerate(labels):
        if not label.isascii():
            _CLASSES.setdefault(" ".join(label.split()), set()).add(index)


def legible(text: str) -> str:
    """Return the text without characters that no font on this machine can draw.

    The label of a class becomes its index, 'predictions:#17', which is an address, too. A label of
    several classes, and all other characters, become code points, such as 'U+732B'. A warning names
    them once.
    """
    missing = "".join(letter for letter in _foreign(text) if not _font_with(letter))
    if not missing:
        return text
    _warn_once(missing)
    text = _by_index(text, missing)
    spelled = {ord(letter): f" U+{ord(letter):04X} " for letter in missing}
    return re.sub(" +", " ", text.translate(spelled)).strip()


def _by_index(text: str, missing: str) -> str:
    """Return the text with class indices in place of labels that cannot be drawn."""
    indices = {
        written: f"#{next(iter(found))}" if len(found) == 1 else written
        for label, found in _CLASSES.items()
        if label in text and set(label) & set(missing)
        for written in (label, f'"{label}"')  # as an address has it, where it must
    }
    if not indices:
        return text
    longest = sorted(indices, key=len, reverse=True)
    whole = rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest))})(?!\w|\.\w)"
    return re.sub(whole, lambda match: indices[match[0]], text)


@cache
def _warn_once(missing: str) -> None:
    warnings.warn(
        f"No font on this machine can draw {missing!r}; figures show the index of a class "
        "instead, or code points. Try: install a font that has them, such as Noto.",
        ConvscopeWarning,
        stacklevel=2,
    )


def _foreign(text: str) -> list[str]:
    """Return the characters that Matplotlib's own font lacks, each once."""
    from matplotlib import font_manager

    others = [letter for letter in dict.fromkeys(text) if letter > "~"]
    own = _letters(font_manager.findfont(FAMILY)) if others else frozenset()
    return [letter for letter in others if ord(letter) not in own]


@cache
def _letters(path: str) -> frozenset[int]:
    """Return the characters in a font file; none if it cannot be read."""
    from matplotlib import ft2font

    try:
        return frozenset(ft2font.FT2Font(path).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


@cache
def _font_with(letter: str) -> str | None:
    """Return the name of a font on this machine that has a character."""
    from matplotlib import font_manager

    # Bold and slanted faces of a family have the same characters; one that has each is enough.
    faces: dict[str, Any] = {}
    for face in font_manager.fontManager.ttflist:
        if not face.name.startswith("Last Resort"):  # draws boxes that name a script
            faces.setdefault(face.name, face.fname)
    return next((name for name, path in faces.items() if ord(letter) in _letters(path)), None)
