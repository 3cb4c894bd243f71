"""The protocol of results: every verb returns a value that can be drawn, recorded and saved."""

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


Classes = tuple[tuple[int, str, float], ...]  # (index, label, a number), best first


def classes_record(classes: Classes, measure: str = "probability") -> list[dict[str, Any]]:
    """Return classes as plain numbers and names, for a record."""
    return [{"index": index, "label": label, measure: value} for index, label, value in classes]


def classes_text(classes: Classes) -> str:
    """Return classes and their probabilities as a text.

    Example:
        >>> classes_text(((309, "bee", 0.5), (310, "ant", 0.25))), classes_text(())
        ('bee 50.0%, ant 25.0%', 'no class layer')
    """
    shares = ", ".join(f"{label} {share:.1%}" for _, label, share in classes)
    return shares or "no class layer"


class Result(Brief):
    """The methods that all results have: figure, record, info, save and notebook display."""

    def figure(self) -> "Figure":
        """Return a Matplotlib figure that shows the result on one page."""
        raise NotImplementedError

    def record(self) -> dict[str, Any]:
        """Return everything except the arrays, as plain numbers, lists, dictionaries and texts."""
        raise NotImplementedError

    def info(self) -> dict[str, str]:
        """Return the texts that are written into a saved file, enough to make the result again."""
        raise NotImplementedError

    def save(self, path: str | Path) -> Path:
        """Write the result, whole or not at all, in the suffix's format, and return the path."""
        raise NotImplementedError

    def _repr_png_(self) -> bytes:
        return drawing.to_png(self.figure(), dpi=96)


class FigureResult(Result):
    """A result that is shown by its figure, and that has arrays and perhaps a table.

    ``suffixes`` lists the suffixes of the file formats of a kind of result.
    """

    suffixes: ClassVar[tuple[str, ...]] = SUFFIXES

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return the result's arrays by name."""
        raise NotImplementedError

    def table(self) -> Rows:
        """Return one long table, row by row, for kinds of results that have one."""
        raise NotImplementedError

    def save(self, path: str | Path, *, dpi: int = drawing.DPI) -> Path:
        """Write the result, whole or not at all, in the suffix's format, and return the path.

        ``.png``, ``.pdf`` and ``.svg`` get the figure. ``.npz`` gets the arrays, without pickles,
        and the provenance as texts ``info/<name>``. ``.json`` gets the record, and ``.csv`` the
        table, for kinds of results that have one.

        Args:
            path: the file to write; missing folders are made.
            dpi: pixels an inch of a ``.png``.

        Returns:
            The path of the file.

        Raises:
            UnknownName: the suffix is not one of this result's formats.
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
    """Write one of the formats of a result, chosen by the suffix; only that format is computed.

    Args:
        path: the file to write.
        info: returns the texts that are written into a figure or an ``.npz`` file.
        figure: returns the figure.
        record: returns the plain data for ``.json``.
        arrays: returns the arrays for ``.npz``; None for a result without arrays.
        table: returns the rows for ``.csv``; None for a result without a table.
        dpi: pixels an inch of a ``.png``.

    Returns:
        The path of the file.

    Raises:
        UnknownName: the suffix is not one of the formats.
        OutputError: the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix in drawing.FORMATS:
        return drawing.save(figure(), path, info(), dpi=dpi)
    if suffix == RECORD:
        return files.put_json(path, record())
    if suffix == TABLE and table:
        return files.put_text(path, csv_text(table()))
    if suffix == ARRAYS and arrays:
        return files.put(path, _npz(arrays(), info()))
    known = [*drawing.FORMATS, *([ARRAYS] if arrays else []), RECORD, *([TABLE] if table else [])]
    raise unknown("file format of this result", suffix or Path(path).name, known)


def texts(record: Mapping[str, Any], *without: str) -> dict[str, str]:
    """Return a record as texts for a file, leaving out the named parts and everything that is None.

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
    texts = {f"info/{key}": np.array(text) for key, text in info.items()}
    np.savez_compressed(stream, allow_pickle=False, **arrays, **texts)
    return stream.getvalue()


def csv_text(table: Rows) -> str:
    """Return the table as CSV: a line of names, then a line for each row."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(table[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(table)
    return stream.getvalue()
