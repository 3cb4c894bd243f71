"""Views as files: a figure, arrays or numbers, by the suffix."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convscope import figures, files
from convscope.errors import unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (*figures.FORMATS, ".npz", ".json")


class View(Protocol):
    """What can be saved."""

    def figure(self) -> "Figure":
        """All of it on a page."""

    def arrays(self) -> Mapping[str, np.ndarray]:
        """What is not plain numbers and names."""

    def numbers(self) -> dict[str, Any]:
        """All the rest."""

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a file."""


def save(view: View, path: str | Path) -> Path:
    """Write a view, whole or not at all.

    ``.png``, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has the arrays, and the provenance as
    info/<name>, without pickles; ``.json`` has the numbers.
    """
    suffix = Path(path).suffix.lower()
    if suffix in figures.FORMATS:
        return figures.save(view.figure(), path, view.info())
    if suffix == ".json":
        return files.put_json(path, view.numbers())
    if suffix != ".npz":
        raise unknown("format of views", suffix or Path(path).name, SUFFIXES)
    stream = io.BytesIO()
    texts = {f"info/{key}": np.array(text) for key, text in view.info().items()}
    np.savez_compressed(stream, allow_pickle=False, **view.arrays(), **texts)
    return files.put(path, stream.getvalue())
