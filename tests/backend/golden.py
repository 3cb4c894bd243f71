"""Numbers that every backend must agree on; run this file on TensorFlow to store them anew.

    KERAS_BACKEND=tensorflow python -m tests.backend.golden

The gradient is that of the first step of an ascent: three pictures of pixels, each through its own
random placement, into the embedded network as far as block3_conv2. Stored are its projections on
directions that NumPy draws, so that the file stays small and every pixel counts.
"""

from pathlib import Path

import numpy as np

from convscope import backend
from convscope.canvas import Pixel
from convscope.networks.loading.load import load
from convscope.networks.units import Unit
from convscope.objectives import compile_objectives, from_unit
from convscope.transforms import Transforms

PATH = Path(__file__).with_name("golden.npz")
MOVES = Transforms.parse("shift(0.1), scale(1.2), rotate(10)")
SIZE = (40, 33)
UNITS = [Unit("block3_conv2", channel) for channel in (3, 17, 90)]
DIRECTIONS = 32


def draws():
    """The placements of three pictures at five steps: (5, 3, 2, 3)."""
    made = []
    for step in range(5):
        chances = [np.random.default_rng([7, step, picture]) for picture in range(3)]
        made += MOVES.draws(chances, SIZE, 3)
    return np.stack(made)


def first_gradient(network):
    """The scores, and the gradient of their sum, at the first step: (3,), (3, 40, 33, 3)."""
    from keras import ops

    canvas, objective = (
        Pixel(SIZE),
        compile_objectives([from_unit(unit) for unit in UNITS], network, SIZE),
    )
    noise = np.random.default_rng(11).standard_normal((3, *SIZE, 3)).astype("float32")
    placements = ops.convert_to_tensor(draws()[0])
    data = tuple(map(ops.convert_to_tensor, objective.data))

    def score(numbers):
        pictures = MOVES.apply(canvas.decode(numbers), [placements])
        scores = objective.score(network.forward(pictures, objective.taps), data)
        return ops.sum(scores), scores

    (_, scores), slope = backend.value_and_gradient(
        score, ops.convert_to_tensor(canvas.initial(noise))
    )
    return ops.convert_to_numpy(scores), ops.convert_to_numpy(slope)


def projected(slope):
    """(3, ...) gradients on random directions: (3, DIRECTIONS)."""
    ways = np.random.default_rng(13).standard_normal((DIRECTIONS, slope[0].size))
    return slope.reshape(3, -1).astype("float64") @ (ways / np.linalg.norm(ways, axis=1)[:, None]).T


def main():
    """Store the numbers."""
    network = load()
    scores, slope = first_gradient(network)
    np.savez(
        PATH,
        digest=network.digest,
        draws=draws(),
        scores=scores,
        slope=projected(slope),
        length=np.linalg.norm(slope.reshape(3, -1), axis=1),
    )


if __name__ == "__main__":
    main()
