"""Measure weights on the validation pictures: python -m training.evaluate --data FOLDER"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ConvscopeError
from convscope.models.embedded import WEIGHTS
from convscope.models.embedded.architecture import from_weights
from training.data import Pictures, centred, read_pictures

BATCH = 250


@dataclass(frozen=True)
class Accuracy:
    """Shares of pictures, in [0, 1], whose class is the first answer, or one of the first five."""

    top1: float
    top5: float
    count: int

    def __str__(self) -> str:
        return f"top-1 {self.top1:.2%}  top-5 {self.top5:.2%}  of {self.count} pictures"


def evaluate(network: keras.Model, pictures: Pictures) -> Accuracy:
    """Ask the network about every picture once, whole and unchanged."""
    ranks = []
    for start in range(0, len(pictures), BATCH):
        part = slice(start, start + BATCH)
        answers = network.predict_on_batch(centred(pictures.pixels[part]))
        ranks.append(rank(answers, pictures.classes[part]))
    found = np.concatenate(ranks)
    return Accuracy(float(np.mean(found < 1)), float(np.mean(found < 5)), len(pictures))


def rank(answers: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return how many other answers (count, classes) are as high as the right one: 0 is a hit."""
    right = np.take_along_axis(answers, classes[:, None], axis=1)
    return (answers >= right).sum(axis=1) - 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the accuracy of a weight file, the embedded one unless another is given."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, metavar="FILE.npz")
    given = parser.parse_args(arguments)
    try:
        network = from_weights(given.weights)
        print(evaluate(network, read_pictures(given.data, "validation")))
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
