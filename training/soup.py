"""The mean of several weight files: python -m training.soup A.npz B.npz --out C.npz

Weights of runs that began with one another can be averaged, and the mean is often better than each
of them (Wortsman et al. 2022, "Model soups").
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from convscope.errors import ModelError
from convscope.networks.loading.embedded.arrays import read_arrays
from training.fold import Arrays, export


def mean(files: Sequence[Arrays]) -> Arrays:
    """Return the mean of each array.

    Raises:
        ModelError: the files have not the same arrays.
    """
    first, *others = files
    shapes = {name: array.shape for name, array in first.items()}
    for other in others:
        if {name: array.shape for name, array in other.items()} != shapes:
            raise ModelError(
                "Expected weight files with the same arrays. Received: different ones."
            )
    return {
        name: np.mean([file[name].astype("float64") for file in files], axis=0) for name in first
    }


def main() -> None:
    """Average the files and write the mean."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", nargs="+", type=Path, metavar="FILE.npz")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.npz")
    given = parser.parse_args()
    export(mean([read_arrays(path) for path in given.weights]), given.out)
    print(f"{given.out}: the mean of {len(given.weights)} files")


if __name__ == "__main__":
    main()
