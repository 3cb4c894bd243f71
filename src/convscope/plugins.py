"""Tables to which installed packages add rows by entry points: networks, methods and canvases.

An entry point is a name in the metadata of an installed package, and the dotted path of a value. It
runs code of that package, which is there because the user has installed it.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from convscope.errors import ConvscopeWarning
from convscope.printable import printable

Row = TypeVar("Row")


class Table(Mapping[str, Row], Generic[Row]):
    """A table of this package, and after its own rows those of other packages.

    The others are loaded when the table is first read, so that they may import its module. One that
    is broken, or whose name is taken, is left out, and a warning names it.

    Args:
        group: of the entry points.
        own: the rows of this package, by name.
        fits: whether a value can be a row.
        wanted: what a row is, as in 'Expected ...'.
    """

    def __init__(
        self, group: str, own: Mapping[str, Row], fits: Callable[[object], bool], wanted: str
    ) -> None:
        self.group = group
        self.own = own
        self._fits = fits
        self._wanted = wanted

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """All rows, by name."""
        found = dict(self.own)
        for point in sorted(entry_points(group=self.group), key=_order):
            try:
                if point.name in found:
                    raise ValueError(f"there is a {point.name!r} already")
                value = point.load()
                if not self._fits(value):
                    raise TypeError(f"expected {self._wanted}, received {value!r}")
            except Exception as error:  # code of others may raise anything
                _warn(point, error)
            else:
                found[point.name] = value
        return found

    def __getitem__(self, name: str) -> Row:
        return self.rows[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _order(point: EntryPoint) -> tuple[str, str]:
    """The order of plug-ins, the same on every machine: by name, then by package."""
    return point.name, _package(point)


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else "an unknown package"


def _warn(point: EntryPoint, error: Exception) -> None:
    what = f"{point.name!r} of {point.group} in {_package(point)}"
    why = f"{type(error).__name__}: {error}"
    warnings.warn(
        printable(" ".join(f"The plug-in {what} is left out ({why[:300]}).".split())),
        ConvscopeWarning,
        stacklevel=4,
    )
