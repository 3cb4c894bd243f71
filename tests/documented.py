"""What the reference lists, and a docstring taken apart: for tests of what is said there."""

import functools
import inspect
import pydoc
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
HEADINGS = ("Args", "Returns", "Raises", "Example")


def listed(kind: str, page: str = "*") -> dict[str, Any]:
    """What the reference shows by ``autofunction``, ``autoclass``, ..., by its name there."""
    pattern = re.compile(rf"^\.\. auto{kind}:: (\S+)$", flags=re.M)
    pages = sorted(REFERENCE.glob(f"{page}.rst"))
    names = [name for each in pages for name in pattern.findall(each.read_text("utf-8"))]
    return {name.removeprefix("convscope."): pydoc.locate(name) for name in names}


@dataclass(frozen=True)
class Doc:
    """A docstring, taken apart.

    Args:
        summary: its first sentence.
        sections: the entries of Args and Raises by name, and the lines of the others.
    """

    summary: str
    sections: dict[str, Any]

    @classmethod
    def of(cls, value: Any) -> "Doc":
        """Read the docstring of a function, a class or a property."""
        parts = re.split(rf"^({'|'.join(HEADINGS)}):\n", inspect.getdoc(value) or "", flags=re.M)
        sections: dict[str, Any] = {}
        for heading, body in zip(parts[1::2], parts[2::2], strict=True):
            lines = inspect.cleandoc(body)
            entries = re.split(r"^(\*{0,2}\w+): ", lines, flags=re.M)[1:]
            sections[heading] = (
                dict(zip(entries[::2], entries[1::2], strict=True))
                if heading in ("Args", "Raises")
                else lines
            )
        return cls(" ".join(parts[0].strip().partition("\n\n")[0].split()), sections)


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of a class that Convscope defines, by name.

    A method that the class does not implement is left out, as in the reference.
    """
    own = [base for base in kind.__mro__ if base.__module__.startswith("convscope.")]
    names = dict.fromkeys(name for base in own for name in vars(base) if not name.startswith("_"))
    for name in names:
        value = inspect.getattr_static(kind, name)
        if inspect.isfunction(value) and "raise NotImplementedError" in inspect.getsource(value):
            continue
        if isinstance(value, staticmethod | classmethod):
            yield name, value.__func__
        elif inspect.isfunction(value) or isinstance(value, property | functools.cached_property):
            yield name, value
