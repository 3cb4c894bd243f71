"""Weight files: named arrays in an .npz, with no pickled objects."""

import zlib
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, is_zipfile

import numpy as np

from convscope.errors import MissingWeights, ModelError


def read_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Return all arrays of an .npz file, as they are stored."""
    if not path.is_file():
        what = "It is a folder" if path.is_dir() else "There is none"
        raise MissingWeights(f"Expected a weight file. {what} at {path}.")
    try:
        # Handed anything else, np.load would take it for a pickle, and say how to trust it.
        if not is_zipfile(path):
            raise BadZipFile("no whole archive")
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, EOFError, TypeError, ValueError, BadZipFile, zlib.error) as error:
        raise ModelError.expected(
            "an .npz file of plain arrays", f"{path.name}, which is not ({error})"
        ) from error
