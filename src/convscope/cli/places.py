"""Where results go: refused before the work, not after it."""

from collections.abc import Collection
from pathlib import Path

from convscope import files
from convscope.errors import InputError, OutputError


def ready(path: Path, suffixes: Collection[str]) -> Path:
    """Return a file's path if its suffix is known and something can be written there."""
    if path.is_dir():
        raise OutputError(f"Cannot write '{path}'. It is a folder; add a file name.")
    if path.suffix.lower() not in suffixes:
        known = ", ".join(suffixes)
        raise InputError(f"Expected a file ending in {known}. Received: '{path}'.")
    folder(path.parent)
    return path


def folder(path: Path) -> Path:
    """Return a folder's path if it is there, or can be made, and takes files."""
    return files.writable(path)


def is_folder(path: Path) -> bool:
    """Whether a path means a folder: it is one, or it has no suffix."""
    return path.is_dir() or not path.suffix
