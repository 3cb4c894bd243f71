"""Short reprs: a value with arrays or a network is described in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from convscope.printable import printable

LONGEST = 60  # letters of one field
MOST = 150  # letters of a whole line


class Brief:
    """Gives a class a repr of one line, ``<Maximized predictions:bee, reach 1.90>``.

    The line has the text of ``_brief``. For a dataclass without one it has its ``str`` or its
    fields, each cut short.

    Example:
        >>> class Pair(Brief):
        ...     def _brief(self):
        ...         return "of two"
        >>> Pair()
        <Pair of two>
    """

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        # A dataclass writes a repr of its own over an inherited one, but not over the class's.
        if "__repr__" not in vars(cls):
            cls.__repr__ = Brief.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {cut(printable(self._brief()), MOST)}>"

    def _brief(self) -> str:
        """Return the text after the name of the class."""
        if type(self).__str__ is not object.__str__:
            return str(self)
        named = [each.name for each in fields(self) if each.repr]  # type: ignore[arg-type]
        return ", ".join(f"{name} {shortened(getattr(self, name))}" for name in named)


def shortened(value: object) -> str:
    """Return a value in a few letters: an array by its shape, a table or a list by its length.

    Example:
        >>> shortened({"a": 1}), shortened((1, 2)), shortened("bee"), shortened([0] * 9)
        ('1 entry', '(1, 2)', 'bee', '9 items')
    """
    shape, kind = getattr(value, "shape", None), getattr(value, "dtype", None)
    if isinstance(shape, tuple) and kind is not None and shape:
        return f"{'x'.join(map(str, shape))} {kind}"
    if isinstance(value, Mapping):
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    if isinstance(value, str):
        return cut(value, LONGEST)
    if isinstance(value, Sequence):
        plain = len(value) <= 3 and all(isinstance(each, int | float | str) for each in value)
        return cut(str(value), LONGEST) if plain else f"{len(value)} items"
    return cut(" ".join(str(value).split()), LONGEST)


def cut(text: str, most: int) -> str:
    """Return a text of at most so many letters.

    Example:
        >>> cut("a long tale", 8)
        'a lon...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    Example:
        >>> counted(1, "layer"), counted(2, "layer"), counted(2, "class", "classes")
        ('1 layer', '2 layers', '2 classes')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
