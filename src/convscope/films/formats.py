"""The file formats of a film, and the files written beside each."""

import os
from pathlib import Path

from convscope import encoding

STRIP, TABLE = ".png", ".csv"
FORMATS = (*encoding.WRITERS, STRIP, TABLE)


def checked(path: str | os.PathLike[str]) -> str:
    """Return the suffix of a path, if a film can be written to it.

    Call it before a long ascent: it reports a misspelt suffix or a missing library.

    Raises:
        InputError: the suffix is none of ``FORMATS``.
        MissingExtra: a library for this format is not installed.
    """
    suffix = encoding.suffix_of(path, FORMATS)
    if suffix in encoding.WRITERS:
        encoding.writer_for(path)
    return suffix


def beside(path: Path) -> list[Path]:
    """Return the files that are written beside a film: the record of one that cannot hold it."""
    strip = path.suffix.lower() in (STRIP, "")
    return [] if strip else [path.with_name(f"{path.name}.json")]
