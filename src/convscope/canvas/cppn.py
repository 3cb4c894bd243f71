"""A canvas of functions: a small network computes each pixel from its coordinates.

These are compositional pattern-producing networks (Stanley 2007), optimized by gradients as in
Mordvintsev 2018, "Differentiable Image Parameterizations". A picture is a smooth function of
place, so the same parameters give it at any size.
"""

from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.canvas import color

WIDTH, DEPTH = 24, 8  # of the small network, as in Lucid
EXTENT = np.sqrt(3)  # coordinates run so far either way along the longer side: deviation one
# The last layer starts faint, so that a new picture is almost gray, and is amplified, so that a
# hundred steps lead to full contrast.
FAINT, GAIN = 0.1, 2.0
BIAS = 0.3  # of a number of one; all biases begin at zero
# Mean and deviation of atan(x) ** 2, and deviation of atan(x), for standard normal x.
SQUARE_MEAN, SQUARE_DEVIATION, DEVIATION = 0.45, 0.396, 0.67


@dataclass(frozen=True)
class Cppn:
    """Pictures as small networks of the coordinates, in decorrelated colours.

    The parameters are (n, count): the weights and biases of one picture's network, layer after
    layer. A weight is its parameter divided by the root of its layer's number of inputs.
    """

    size: tuple[int, int]
    channels: int = 3

    rate_scale = 0.7
    is_boosted = False
    background_shape = None

    @property
    def noise_shape(self) -> tuple[int, ...]:
        """The shape of one picture's parameters."""
        return (sum((inputs + 1) * outputs for inputs, outputs in self._layers()),)

    def initial(self, noise: np.ndarray) -> np.ndarray:
        """Return the parameters of a random network."""
        numbers = noise.astype("float32")
        for number, (weights, biases) in enumerate(self._slices()):
            numbers[:, weights] *= 1 if number < DEPTH else FAINT
            numbers[:, biases] = 0
        return numbers

    def decode(self, numbers: Tensor, detail: Tensor | None = None) -> Tensor:
        """Return the pictures of some parameters; ``detail`` is ignored."""
        values = ops.convert_to_tensor(self._places())[None]
        for number, (weights, biases) in enumerate(self._slices()):
            inputs, outputs = self._layers()[number]
            matrix = ops.reshape(numbers[:, weights], (-1, inputs, outputs)) / np.float32(
                np.sqrt(inputs)
            )
            values = _composite(values) if number else values
            values = ops.matmul(values, matrix) + BIAS * numbers[:, None, biases]
        return color.to_picture(ops.reshape(GAIN * values, (-1, *self.size, self.channels)))

    def _layers(self) -> list[tuple[int, int]]:
        """Return the number of inputs and outputs of each layer."""
        inner = [(2 * WIDTH, WIDTH)] * (DEPTH - 1)
        return [(2, WIDTH), *inner, (2 * WIDTH, self.channels)]

    def _slices(self) -> list[tuple[slice, slice]]:
        """Return the positions of each layer's weights and biases among the parameters."""
        found, start = [], 0
        for inputs, outputs in self._layers():
            middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
            found.append((slice(start, middle), slice(middle, end)))
            start = end
        return found

    def _places(self) -> np.ndarray:
        """Return the coordinates of each pixel's centre, down and across: (height * width, 2)."""
        down, across = (
            ((2 * np.arange(side) + 1) - side) / max(self.size) * EXTENT for side in self.size
        )
        grid = np.stack(np.meshgrid(down, across, indexing="ij"), axis=-1)
        return grid.reshape(-1, 2).astype("float32")


def _composite(values: Tensor) -> Tensor:
    """Return an odd and an even function of each value, both of mean zero and deviation one."""
    bent = ops.arctan(values)
    square = (ops.square(bent) - SQUARE_MEAN) / SQUARE_DEVIATION
    return ops.concatenate([bent / DEVIATION, square], axis=-1)
