"""Measure weights on the validation pictures: python -m training.evaluate --data FOLDER"""

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from convscope.errors import ConvscopeError, InputError
from convscope.networks.loading.embedded import NETWORKS
from convscope.networks.loading.embedded.architecture import from_weights
from convscope.networks.loading.zoo import EMBEDDED
from training import adversary, augment
from training.data import MEAN, Pictures, centred, read_pictures
from training.further import with_further
from training.settings import Adversary

BATCH = 250

STRIDE = 0.25  # of the radius: with the ten steps that are usual, any place in the ball is near


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
    return _accuracy(network, ((centred(part.pixels), part.classes) for part in _parts(pictures)))


def robust(network: keras.Model, pictures: Pictures, against: Adversary) -> Accuracy:
    """Ask a network of logits about every picture after an attack, by its own slopes.

    Where an attack starts depends on the place of its batch among the pictures alone.
    """
    attack = adversary.attack(network, against)
    classes = np.eye(network.output_shape[1], dtype="float32")

    def attacked() -> Iterable[tuple[np.ndarray, np.ndarray]]:
        for number, part in enumerate(_parts(pictures)):
            feed = centred(part.pixels)
            start = adversary.draw(np.random.default_rng([number]), feed.shape)
            yield attack(feed, classes[part.classes], start), part.classes

    return _accuracy(network, attacked())


def resized(pictures: Pictures, side: int, softness: float) -> Pictures:
    """The pictures made small, softly or hard, and as large again as they were.

    A user's photo comes to its size in ways that the network was never asked about.
    """
    made = []
    for part in _parts(pictures):
        pixels = part.pixels
        for to, by in ((side, softness), (pixels.shape[1], 1.0)):
            none = augment.whole(len(pixels))
            seen = augment.apply(replace(none, softness=np.full(len(pixels), by)), pixels, to)
            pixels = np.clip(np.rint(seen + MEAN), 0, 255)[..., ::-1].astype(np.uint8)
        made.append(pixels)
    return Pictures(np.concatenate(made), pictures.classes)


def logits(weights: Path) -> keras.Model:
    """Build the network of a weight file without its softmax: the same order of answers."""
    network = from_weights(weights)
    network.get_layer("predictions").activation = keras.activations.linear
    return network


def _parts(pictures: Pictures) -> Iterable[Pictures]:
    for start in range(0, len(pictures), BATCH):
        part = slice(start, start + BATCH)
        yield Pictures(pictures.pixels[part], pictures.classes[part])


def _accuracy(network: keras.Model, batches: Iterable[tuple[np.ndarray, np.ndarray]]) -> Accuracy:
    found = np.concatenate(
        [rank(network.predict_on_batch(feed), classes) for feed, classes in batches]
    )
    return Accuracy(float(np.mean(found < 1)), float(np.mean(found < 5)), len(found))


def rank(answers: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Return how many other answers (count, classes) are as high as the right one: 0 is a hit.

    Answers that are not numbers are all as high.
    """
    right = np.take_along_axis(answers, classes[:, None], axis=1)
    return (~(answers < right)).sum(axis=1) - 1


def read_adversary(text: str) -> Adversary:
    """Read "radius,steps": 0.75,10 for ten steps in a ball of radius 0.75."""
    try:
        radius, steps = text.split(",")
        found = Adversary(float(radius), int(steps), STRIDE)
    except ValueError:
        found = None
    if found is None or not found.radius > 0 or found.steps < 1:
        raise InputError(f"Expected RADIUS,STEPS, as in 0.75,10. Received: {text!r}.")
    return found


def read_resizing(text: str) -> tuple[int, float]:
    """Read "side,softness": 40,0.5 for 40 pixels, a few of them mixed."""
    try:
        side, softness = text.split(",")
        found = int(side), float(softness)
    except ValueError:
        found = 0, 0.0
    if not (found[0] >= 1 and 0 < found[1] < math.inf):
        raise InputError(f"Expected SIDE,SOFTNESS, as in 40,1. Received: {text!r}.")
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the accuracy of an embedded network, or of a weight file."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description=__doc__)
    parser.add_argument("--data", type=Path, nargs="+", required=True, metavar="FOLDER_OR_ZIP")
    parser.add_argument(
        "--further", type=Path, metavar="FOLDER_OR_ZIP", help="more classes, <label>/<number>.jpg"
    )
    parser.add_argument("--network", choices=NETWORKS, default=EMBEDDED)
    parser.add_argument("--weights", type=Path, metavar="FILE.npz", help="of another network")
    parser.add_argument(
        "--adversary", metavar="RADIUS,STEPS", help="attack it, too: L2, pictures in [0, 1]"
    )
    parser.add_argument(
        "--resized", metavar="SIDE,SOFTNESS", help="made so many pixels small first; 1 is usual"
    )
    parser.add_argument("--count", type=int, help="of so many pictures, the first ones, only")
    given = parser.parse_args(arguments)
    try:
        against = given.adversary and read_adversary(given.adversary)
        resizing = given.resized and read_resizing(given.resized)
        network = logits(given.weights or NETWORKS[given.network].weights)
        pictures = with_further(
            read_pictures(given.data, "validation"), given.further, "validation"
        )
        pictures = Pictures(pictures.pixels[: given.count], pictures.classes[: given.count])
        pictures = resized(pictures, *resizing) if resizing else pictures
        print(evaluate(network, pictures), flush=True)
        if against:
            found = robust(network, pictures, against)
            print(f"{found}, each changed by at most {against.radius:g} in {against.steps} steps")
    except ConvscopeError as error:
        parser.exit(2, f"{error}\n")


if __name__ == "__main__":
    main()
