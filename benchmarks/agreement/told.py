"""What a worker is told: plain numbers and texts, and arrays by file. Needs nothing but NumPy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


def written(told: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """What JSON can carry: an array becomes the name of a file, which has a row for each photo."""
    plain = {}
    for name, value in told.items():
        plain[name] = value
        if isinstance(value, np.ndarray):
            path = folder / f"{name}.npy"
            np.save(path, value)
            plain[name] = {"file": str(path)}
    return plain


def read(told: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What is told of one photo."""
    return {
        name: np.load(value["file"])[number] if isinstance(value, dict) else value
        for name, value in told.items()
    }
