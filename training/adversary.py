"""Pictures changed, within a ball, into those that a network gets most wrong.

Projected gradient ascent on the cross entropy (Madry 2018), in the L2 norm. With one step, longer
than the radius, from a random start, it is the fast adversarial training of Wong (2020). While it
is attacked the network answers as in use: normalised by its moving statistics, without dropout.
"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from convscope import backend
from convscope.networks.loading.embedded.architecture import SIDE
from training.data import MEAN
from training.settings import Adversary

Attack = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]

TINY = 1e-12  # keeps the direction of a vanished slope finite


def reach(adversary: Adversary, side: int) -> float:
    """Return the ball's radius in the network's units, 0 to 255, for pictures of that side.

    The radius is stated for pictures of the final size. With half the side the same change of
    every pixel has half the norm.
    """
    return 255 * adversary.radius * side / SIDE


def draw(chance: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Draw where to start, (count, side, side, 3), in the unit ball: length and direction evenly.

    Drawn evenly over the ball nearly all would lie on its surface: it has thousands of dimensions.
    """
    noise = chance.standard_normal(shape, "float32")
    length = np.sqrt(np.square(noise).sum(axis=(1, 2, 3), keepdims=True))
    return noise / length * chance.random((len(noise), 1, 1, 1), "float32")


def attack(network: keras.Model, adversary: Adversary) -> Attack:
    """Make the program that attacks a network, whose answers are logits.

    It takes pictures as the network is fed them, (count, side, side, 3), their classes one-hot,
    (count, classes), and what `draw` drew. The answer is shaped like the pictures, within the range
    of pictures, and no further than the radius from the pictures clipped to that range.
    """

    def ascend(feed: Any, classes: Any, start: Any) -> Any:
        radius = reach(adversary, feed.shape[1])
        feed = _clipped(feed)

        def wrong(point: Any) -> tuple[Any, tuple[()]]:
            answers = network(point, training=False)
            losses = ops.categorical_crossentropy(classes, answers, from_logits=True)
            return ops.sum(losses), ()

        point = _clipped(feed + radius * start)
        for _ in range(adversary.steps):
            _, slope = backend.value_and_gradient(wrong, point)
            stride = adversary.stride * radius
            moved = point - feed + stride * slope / ops.maximum(_length(slope), TINY)
            within = moved * ops.minimum(1, radius / ops.maximum(_length(moved), TINY))
            # A change of a picture within the range is at most shortened by clipping.
            point = _clipped(feed + within)
        return point

    program = backend.compiled(ascend, network.variables)

    def attacked(feed: np.ndarray, classes: np.ndarray, start: np.ndarray) -> np.ndarray:
        found: np.ndarray = ops.convert_to_numpy(program(feed, classes, start))
        return found

    return attacked


def _clipped(feed: Any) -> Any:
    """Bring what the network is fed, BGR minus the mean colour, within what a picture can be."""
    return ops.clip(feed, -MEAN, 255 - MEAN)


def _length(change: Any) -> Any:
    """The norm of each picture's change, (count, 1, 1, 1)."""
    return ops.sqrt(ops.sum(ops.square(change), axis=(1, 2, 3), keepdims=True))
