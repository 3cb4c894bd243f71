"""What can go wrong, as types.

ConvscopeError
├── InputError          what was asked for cannot be done: the command line exits with 2
│   ├── UnknownName     a name that is not in a table; also a LookupError
│   ├── PictureError    a file or an array that is no picture we can use
│   ├── ModelError      a model we cannot load, feed or see into
│   └── MissingWeights  weights that are neither here nor to be had
├── MissingExtra        an optional library is not installed; also an ImportError
└── OutputError         a result cannot be written; also an OSError

ConvscopeWarning is no error: it tells of what was done otherwise than asked for, and why.
"""

import difflib
import importlib
import re
from collections.abc import Callable, Collection, Sequence
from types import ModuleType


class ConvscopeError(Exception):
    """Anything Convscope reports in one line: what was expected, what came, what to try."""


class InputError(ConvscopeError, ValueError):
    """What was asked for cannot be done; nothing was changed or written."""


class UnknownName(InputError, LookupError):
    """A name that is not in a table."""


class PictureError(InputError):
    """A file or an array that is no picture we can use."""


class ModelError(InputError):
    """A model that cannot be loaded, fed or seen into."""


class MissingWeights(InputError):
    """Weights that are neither on this machine nor to be had."""


class MissingExtra(ConvscopeError, ImportError):
    """An optional library is not installed."""


class OutputError(ConvscopeError, OSError):
    """A result cannot be written; what was there before is still there."""


class ConvscopeWarning(UserWarning):
    """Something that the user should know, and that stops nothing."""


def unknown(
    kind: str, name: str, known: Collection[str], written: Callable[[str], str] = repr
) -> UnknownName:
    """Build the error for a name that is not in a table, with the nearest right ones.

    First come names that contain the word, then the nearest spelling.

    Args:
        kind: what it would be the name of.
        name: what was asked for.
        known: the names in the table.
        written: how a name is written where it is asked for, if not as it is.

    Example:
        >>> str(unknown("layer", "blok1", ["block1", "block2"]))
        "No layer is called 'blok1'. Did you mean 'block1'?"
    """
    close = nearest(name, known)
    if close:
        return UnknownName(f"No {kind} is called {name!r}. Did you mean {listed(close, written)}?")
    some = sorted(known, key=str.casefold)
    shown = ", ".join(some[:12]) + (f" and {len(some) - 12} more" if len(some) > 12 else "")
    return UnknownName(f"No {kind} is called {name!r}. Known: {shown}.")


def nearest(name: str, known: Collection[str], most: int = 5) -> list[str]:
    """Names that a wrong one may stand for: those that contain it as a word, or near spellings.

    Example:
        >>> nearest("car", ["cougar", "sports car", "carton", "freight car"])
        ['sports car', 'freight car']
        >>> nearest("blok1", ["block1", "block2"])
        ['block1']
    """
    wanted = name.strip().casefold()
    words = {each: re.split(r"[\W_]+", each.casefold()) for each in known}
    if wanted:
        whole = [each for each, parts in words.items() if wanted in parts]
        inside = [each for each in known if len(wanted) > 2 and wanted in each.casefold()]
        if found := whole or inside:
            return sorted(found, key=lambda each: words[each][-1] != wanted)[:most]
    folded = {each.casefold(): each for each in known}
    return [folded[each] for each in difflib.get_close_matches(wanted, folded, n=1)]


def listed(names: Sequence[str], written: Callable[[str], str] = repr) -> str:
    """Names in a sentence: 'a', 'b' or 'c'."""
    first, last = ", ".join(map(written, names[:-1])), written(names[-1])
    return f"{first} or {last}" if first else last


def need(module: str, extra: str) -> ModuleType:
    """Import an optional library, or say which extra brings it."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # A library that is installed but broken fails on another name: that is not ours to hide.
        if error.name != module.partition(".")[0]:
            raise
        remedy = f"pip install 'convscope[{extra}]'"
        raise MissingExtra(f"This needs {module}, which is not installed. Try: {remedy}") from error
