"""What can go wrong, as types.

ConvscopeError
├── InputError          what was asked for cannot be done: the command line exits with 2
│   ├── UnknownName     a name that is not in a table; also a LookupError
│   ├── PictureError    a file or an array that is no picture we can use
│   ├── ModelError      a model we cannot load, feed or see into
│   └── MissingWeights  weights that are neither here nor to be had
├── MissingExtra        an optional library is not installed; also an ImportError
└── OutputError         a result cannot be written; also an OSError
"""

import difflib
import importlib
from collections.abc import Collection
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


def unknown(kind: str, name: str, known: Collection[str]) -> UnknownName:
    """Build the error for a name that is not in a table, with the nearest right one.

    Example:
        >>> str(unknown("layer", "blok1", ["block1", "block2"]))
        "No layer is called 'blok1'. Did you mean 'block1'?"
    """
    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return UnknownName(f"No {kind} is called {name!r}. Did you mean {close[0]!r}?")
    some = sorted(known)
    listed = ", ".join(some[:12]) + (f" and {len(some) - 12} more" if len(some) > 12 else "")
    return UnknownName(f"No {kind} is called {name!r}. Known: {listed}.")


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
