"""The errors and warnings that Convscope raises.

ConvscopeError
├── InputError          the request cannot be met: the command line exits with 2
│   ├── UnknownName     a name that is not in a table; also a LookupError
│   ├── PictureError    a file or an array that is not a usable picture
│   ├── ModelError      a model that cannot be loaded, run or captured
│   └── MissingWeights  weights that are not on this machine and cannot be downloaded
├── MissingExtra        an optional library is not installed; also an ImportError
└── OutputError         a result cannot be written; also an OSError

ConvscopeWarning is a warning: something was done in another way than asked for, with the reason.
"""

import difflib
import importlib
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from types import ModuleType
from typing import Self


class ConvscopeError(Exception):
    """The base of all errors: one line with what was expected, what came, what to try."""

    @classmethod
    def expected(cls, what: str, received: object, hint: object = "") -> Self:
        """Return the error of these three parts, to be raised.

        Example:
            >>> print(InputError.expected("a count of 2 or more", 1, "Try count=72."))
            Expected a count of 2 or more. Received: 1. Try count=72.
        """
        return cls(f"Expected {what}. Received: {received}.{f' {hint}' if hint else ''}")


class InputError(ConvscopeError, ValueError):
    """The request cannot be met; nothing was changed or written."""


class UnknownName(InputError, LookupError):
    """A name that is not in a table."""


class PictureError(InputError):
    """A file or an array that is not a usable picture."""


class ModelError(InputError):
    """A model that cannot be loaded or run, or whose layers cannot be captured."""


class MissingWeights(InputError):
    """Weights that are not on this machine and cannot be downloaded."""


class MissingExtra(ConvscopeError, ImportError):
    """An optional library is not installed."""


class OutputError(ConvscopeError, OSError):
    """A result cannot be written; an existing file is unchanged."""


class ConvscopeWarning(UserWarning):
    """Something that the user should know, but that stops nothing."""


def unknown(
    kind: str, name: str, known: Collection[str], written: Callable[[str], str] = repr
) -> UnknownName:
    """Return the error for a name that is not in a table, with the nearest right names.

    Names that contain the word come first, then the nearest spelling.

    Args:
        kind: what the name would be the name of.
        name: the name that was asked for.
        known: the names in the table.
        written: how a name is spelled in the message; in quotes by default.

    Returns:
        The error, to be raised.

    Example:
        >>> str(unknown("layer", "blok1", ["block1", "block2"]))
        "No layer is called 'blok1'. Did you mean 'block1'?"
    """
    close = nearest(name, known)
    if close:
        return UnknownName(f"No {kind} is called {name!r}. Did you mean {listed(close, written)}?")
    shown = some(sorted(known, key=str.casefold), most=12)
    return UnknownName(f"No {kind} is called {name!r}. Known: {shown}.")


def refuse_unknown(kind: str, names: Iterable[str], known: Collection[str]) -> None:
    """Refuse names that are not in a table; ``kind`` is what they would be the names of.

    Raises:
        UnknownName: for the first of them.
    """
    for name in names:
        if name not in known:
            raise unknown(kind, name, known)


def nearest(name: str, known: Collection[str], most: int = 5) -> list[str]:
    """Return the names that a wrong one may stand for: with the same word, or spelled nearly so.

    Args:
        name: the wrong name.
        known: the right names.
        most: how many to return at most.

    Returns:
        The names, the most likely first.

    Example:
        >>> nearest("car", ["cougar", "freight car", "carton", "sports car"])
        ['sports car', 'freight car']
        >>> nearest("blok1", ["block1", "block2"])
        ['block1']
    """
    lowered = name.strip().casefold()
    words = {each: re.split(r"[\W_]+", each.casefold()) for each in known}
    if lowered:
        whole = [each for each, parts in words.items() if lowered in parts]
        inside = [each for each in known if len(lowered) > 2 and lowered in each.casefold()]
        if found := whole or inside:
            return sorted(found, key=lambda each: (words[each][-1] != lowered, len(each)))[:most]
    folded = {each.casefold(): each for each in known}
    return [folded[each] for each in difflib.get_close_matches(lowered, folded, n=1)]


def listed(names: Sequence[str], written: Callable[[str], str] = repr) -> str:
    """Return names as part of a sentence: 'a', 'b' or 'c'.

    Args:
        names: at least one.
        written: how a name is spelled; in quotes by default.

    Returns:
        The text.
    """
    first, last = ", ".join(map(written, names[:-1])), written(names[-1])
    return f"{first} or {last}" if first else last


def some(names: Sequence[str], most: int = 8) -> str:
    """Return the first of many names: 'a, b and 3 more'; 'none' if there are none."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more if names else "none"


def need(module: str, extra: str) -> ModuleType:
    """Return an optional library, imported; if it is missing, say how to install it.

    Args:
        module: the name of the module.
        extra: the extra of this package that installs it.

    Returns:
        The module.

    Raises:
        MissingExtra: the library is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A library that is installed but broken fails on another name: that is not ours to hide.
        if error.name != module.partition(".")[0]:
            raise
        raise missing(module, extra) from error


def missing(module: str, extra: str) -> MissingExtra:
    """Return the error for an optional library that is not installed.

    Example:
        >>> str(missing("av", "video"))
        "This needs av, which is not installed. Try: pip install 'convscope[video]'"
    """
    return MissingExtra(f"This needs {module}, which is not installed. Try: {installing(extra)}")


def installing(extra: str) -> str:
    """Return the command that installs an extra of this package."""
    return f"pip install 'convscope[{extra}]'"
