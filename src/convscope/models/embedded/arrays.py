"""Weight files: named arrays in an .npz, with no pickled objects."""

from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from convscope.errors import MissingWeights, ModelError


def read_arrays(path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Read all arrays of an .npz file, as they are stored."""
    try:
        # Opened here: handed a path that is no archive, np.load would leave the file open.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except FileNotFoundError as error:
        raise MissingWeights(f"Expected a weight file. There is none at {path}.") from error
    except (AttributeError, EOFError, TypeError, ValueError, BadZipFile) as error:
        raise ModelError(
            f"Expected an .npz file of plain arrays. Received: {path.name}, which is not ({error})."
        ) from error
