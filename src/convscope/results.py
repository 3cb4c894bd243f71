"""What every verb returns: a value that is drawn, recorded, saved by suffix and displayed."""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from convscope import drawing, files
from convscope.brief import Brief
from convscope.errors import unknown

if TYPE_CHECKING:
    from convscope.drawing import Figure

ARRAYS, RECORD, TABLE = ".npz", ".json", ".csv"
SUFFIXES = (*drawing.FORMATS, ARRAYS, RECORD)
TABLED = (*SUFFIXES, TABLE)  # of results that are one long table

Rows = Sequence[Mapping[str, Any]]  # of plain numbers and text, equal keys in each


class Result(Brief):
    """What all results can do."""

    def figure(self) -> "Figure":
        """Return all of it on a page."""
        raise NotImplementedError

    def record(self) -> dict[str, Any]:
        """Return everything but the arrays, as plain numbers, lists, tables and texts."""
        raise NotImplementedError

    def info(self) -> dict[str, str]:
        """Return the texts that travel inside a saved file: what makes the result again."""
        raise NotImplementedError

    def save(self, path: str | Path) -> Path:
        """Write it, whole or not at all, and return the path; the suffix chooses what."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        return drawing.to_png(self.figure(), dpi=96)


class FigureResult(Result):
    """A result whose picture is its figure, with arrays, and perhaps a table.

    ``suffixes`` are the file formats of a kind, by their suffixes.
    """

    suffixes: ClassVar[tuple[str, ...]] = SUFFIXES

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return the arrays by their names."""
        raise NotImplementedError

    def table(self) -> Rows:
        """Return one long table, row by row; of kinds that have one."""
        raise NotImplementedError

    def save(self, path: str | Path, *, dpi: int = drawing.DPI) -> Path:
        """Write it, whole or not at all, and return the path; the suffix chooses what.

        ``.png``, of ``dpi`` pixels an inch, ``.pdf`` and ``.svg`` are the figure; ``.npz`` has the
        arrays, and the provenance as texts ``info/<name>``, without pickles; ``.json`` has the
        record; ``.csv`` the table, of kinds that have one.

        Raises:
            UnknownName: the suffix is none of this result's.
            OutputError: the file cannot be written.
        """
        return save(
            path,
            self.info,
            self.figure,
            record=self.record,
            arrays=self.arrays,
            table=self.table if TABLE in self.suffixes else None,
            dpi=dpi,
        )


def save(
    path: str | Path,
    info: Callable[[], Mapping[str, str]],
    figure: Callable[[], "Figure"],
    *,
    record: Callable[[], Mapping[str, Any]],
    arrays: Callable[[], Mapping[str, np.ndarray]] | None = None,
    table: Callable[[], Rows] | None = None,
    dpi: int = drawing.DPI,
) -> Path:
    """Write one of the forms of a result, as its suffix asks; only that form is made."""
    suffix = Path(path).suffix.lower()
    if suffix in drawing.FORMATS:
        return drawing.save(figure(), path, info(), dpi=dpi)
    if suffix == RECORD:
        return files.put_json(path, record())
    if suffix == TABLE and table:
        return files.put_text(path, _csv(table()))
    if suffix == ARRAYS and arrays:
        return files.put(path, _npz(arrays(), info()))
    known = [*drawing.FORMATS, *([ARRAYS] if arrays else []), RECORD, *([TABLE] if table else [])]
    raise unknown("file format of this result", suffix or Path(path).name, known)


def texts(record: Mapping[str, Any], *without: str) -> dict[str, str]:
    """Return a record as texts that fit into a file, without some parts and without what is None.

    Example:
        >>> texts({"seed": 3, "label": "bee", "maps": [1, 2], "start": None}, "maps")
        {'seed': '3', 'label': 'bee'}
    """
    return {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in record.items()
        if key not in without and value is not None
    }


def _npz(arrays: Mapping[str, np.ndarray], info: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    told = {f"info/{key}": np.array(text) for key, text in info.items()}
    np.savez_compressed(stream, allow_pickle=False, **arrays, **told)
    return stream.getvalue()


def _csv(table: Rows) -> str:
    """A line of names, then a line for each row."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue()
