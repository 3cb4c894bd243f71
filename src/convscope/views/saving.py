"""Views as files: a figure, arrays or numbers, by the suffix."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convscope import figures, files
from convscope.errors import unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (*figures.FORMATS, ".npz", ".json")
TABLED = (*SUFFIXES, ".csv")  # of views that are one long table

Rows = Sequence[Mapping[str, Any]]  # of plain numbers and text, equal keys in each


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


def save(
    view: View, path: str | Path, table: Rows | None = None, *, dpi: int = figures.DPI
) -> Path:
    """Write a view, whole or not at all.

    ``.png``, of ``dpi`` pixels an inch, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has the
    arrays, and the provenance as info/<name>, without pickles; ``.json`` has the numbers; ``.csv``
    the table, if there is one.
    """
    suffix = Path(path).suffix.lower()
    if suffix in figures.FORMATS:
        return figures.save(view.figure(), path, view.info(), dpi=dpi)
    if suffix == ".json":
        return files.put_json(path, view.numbers())
    if suffix == ".csv" and table:
        return files.put_text(path, _csv(table))
    if suffix != ".npz":
        known = TABLED if table else SUFFIXES
        raise unknown("format of views", suffix or Path(path).name, known)
    stream = io.BytesIO()
    texts = {f"info/{key}": np.array(text) for key, text in view.info().items()}
    np.savez_compressed(stream, allow_pickle=False, **view.arrays(), **texts)
    return files.put(path, stream.getvalue())


def _csv(table: Rows) -> str:
    """A line of names, then a line for each row."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue()
