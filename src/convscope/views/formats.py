"""Views as files: one ``save`` for all of them, and WRITERS, the table of formats."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from convscope import figures, files
from convscope.errors import unknown

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class View(Protocol):
    """What can be saved."""

    def figure(self) -> "Figure":
        """It, drawn."""

    def info(self) -> dict[str, str]:
        """The provenance, as it travels inside a file."""

    def numbers(self) -> dict[str, Any]:
        """Everything but the arrays, as plain numbers and names."""

    def table(self) -> list[dict[str, Any]]:
        """One row for each thing found, equal keys in each."""

    def arrays(self) -> Mapping[str, np.ndarray]:
        """The arrays by name."""


def save(view: View, path: str | Path) -> Path:
    """Write a view, whole or not at all; the suffix chooses what.

    ``.png``, ``.pdf`` and ``.svg`` are its figure, ``.npz`` its arrays, ``.json`` its numbers,
    ``.csv`` its table. The provenance travels inside all but the last.
    """
    suffix = Path(path).suffix.lower()
    if suffix in figures.FORMATS:
        return figures.save(view.figure(), path, view.info())
    if suffix not in WRITERS:
        known = [*figures.FORMATS, *WRITERS]
        raise unknown("format of views", suffix or Path(path).name, known)
    return WRITERS[suffix](view, Path(path))


def write_npz(view: View, path: Path) -> Path:
    """The arrays, and the provenance as info/<name>. No pickles."""
    stream = io.BytesIO()
    texts = {f"info/{key}": np.array(text) for key, text in view.info().items()}
    np.savez_compressed(stream, allow_pickle=False, **view.arrays(), **texts)
    return files.put(path, stream.getvalue())


def write_json(view: View, path: Path) -> Path:
    """The numbers."""
    return files.put_json(path, view.numbers())


def write_csv(view: View, path: Path) -> Path:
    """The table, with a line of names."""
    rows = view.table()
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return files.put_text(path, stream.getvalue())


WRITERS: dict[str, Callable[[View, Path], Path]] = {
    ".npz": write_npz,
    ".json": write_json,
    ".csv": write_csv,
}
