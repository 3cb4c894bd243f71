"""Activations as files for other programs: WRITERS is the table of them."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from convscope import files

if TYPE_CHECKING:
    from convscope.activation.result import Activations


def write_npz(activations: "Activations", path: Path, count: int | None = None) -> Path:
    """Everything as arrays: photo, maps/<layer>, kernels/<layer>, top/index, /label, /probability.

    All channels of all layers, whatever ``count`` says. No pickles.
    """
    top = activations.top
    arrays = {
        "photo": activations.photo,
        **{f"maps/{layer}": maps for layer, maps in activations.maps.items()},
        "top/index": np.array([index for index, _, _ in top], "int64"),
        "top/label": np.array([label for _, label, _ in top], "str"),
        "top/probability": np.array([probability for _, _, probability in top], "float64"),
        **{f"info/{key}": np.array(text) for key, text in activations.info().items()},
    }
    if activations.kernels is not None:
        arrays[f"kernels/{activations.kernels.layer}"] = activations.kernels.weights
    stream = io.BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **arrays)
    return files.put(path, stream.getvalue())


def write_csv(activations: "Activations", path: Path, count: int | None = None) -> Path:
    """``table(count)`` with a line of names."""
    rows = activations.table(count)
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return files.put_text(path, stream.getvalue())


def write_json(activations: "Activations", path: Path, count: int | None = None) -> Path:
    """``numbers(count)``."""
    return files.put_json(path, activations.numbers(count))


WRITERS: dict[str, Callable[["Activations", Path, int | None], Path]] = {
    ".npz": write_npz,
    ".csv": write_csv,
    ".json": write_json,
}
