"""The error messages of other libraries, shortened to one line."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from convscope.errors import ConvscopeError

LONGEST = 240
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_WRAPPING = "Exception encountered when calling"  # Keras puts the layer first, the reason below


@contextmanager
def reported(describe: Callable[[Exception], Exception]) -> Iterator[None]:
    """Report what other libraries raise in a block as the error that ``describe`` makes of it.

    Keras, HDF5 and zipfile raise nearly every type on a bad file. Our own errors, and a full
    memory, stay as they are.
    """
    try:
        yield
    except (MemoryError, ConvscopeError):
        raise
    except Exception as error:
        raise describe(error) from error


def error_summary(error: Exception) -> str:
    """Return the first meaningful line of an error message, without its full stop."""
    lines = [" ".join(line.split()) for line in _COLOR.sub("", str(error)).splitlines()]
    telling = [line for line in lines if line and not line.startswith(_WRAPPING)]
    text = telling[0].rstrip(".") if telling else type(error).__name__
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
