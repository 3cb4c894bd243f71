"""The file formats of a training film, and the files written beside each."""

import os
from pathlib import Path

from convscope import drawing, encoding
from convscope.errors import InputError

NUMBERS, FOLDER = ".json", ""
FORMATS = (*encoding.WRITERS, *drawing.FORMATS, NUMBERS, FOLDER)


def checked(path: str | os.PathLike[str]) -> str:
    """Return the suffix of a path, if a training film can be written to it; '' for a folder.

    Call it before a long training: it reports a misspelt suffix or a missing library.

    Raises:
        InputError: the suffix is none of ``FORMATS``.
        MissingExtra: a library for this format is not installed.
    """
    if Path(path).is_dir():
        return FOLDER
    suffix = encoding.suffix_of(path, FORMATS, ", or a folder", "learning.webp")
    if suffix in encoding.WRITERS:
        encoding.writer_for(path)
    return suffix


def is_moving(path: str | os.PathLike[str]) -> bool:
    """Return whether a path means a film that moves."""
    return checked(path) in encoding.WRITERS


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Return whether a path means a folder of PNGs."""
    return checked(path) == FOLDER


def beside(path: Path) -> list[Path]:
    """Return what ``convscope evolve`` writes beside a file, or into a folder."""
    if is_folder(path):
        return [path / "learning.json"]
    if checked(path) == NUMBERS:
        return []
    figure = [path.with_suffix(".png")] if is_moving(path) else []
    return [*figure, *(each.with_name(f"{each.name}.json") for each in (path, *figure))]


def refuse_others(folder: Path, counts: str) -> None:
    """Refuse a folder that has moments of another training: they would be taken for this one's.

    Raises:
        InputError: there are such moments.
    """
    there = sorted(folder.glob(f"{counts}-*")) if folder.is_dir() else []
    if there:
        raise InputError(
            f"Expected a folder without moments of another training. Received: '{folder}' with "
            f"{len(there)}, such as {there[0].name}. Try: another folder, or without them."
        )
