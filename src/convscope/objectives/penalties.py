"""Penalties: costs of the picture itself, independent of the network."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np

from convscope.backend import Tensor, ops
from convscope.networks.patches.capture import PICTURE
from convscope.objectives.term import Data, PictureTerm, Seen

BORDER = 1 / 8  # the share of the side that is border
KERNEL = np.array([1, 4, 6, 4, 1], "float32") / 16  # a blur of one pixel's deviation


@dataclass(frozen=True)
class Penalty(PictureTerm):
    """A cost of the untransformed picture, a row of ``PENALTIES``; 0 for plain gray."""

    name: str

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> Hashable:
        """One compiled program for each penalty."""
        return self.name

    def score(self, seen: Seen, data: Data) -> Tensor:
        """Return the cost: (n,)."""
        return PENALTIES[self.name](seen[PICTURE])


def total_variation(pictures: Tensor) -> Tensor:
    """(n, height, width, channels) to (n,): the mean step between neighbouring pixels."""
    down = ops.abs(pictures[:, 1:] - pictures[:, :-1])
    across = ops.abs(pictures[:, :, 1:] - pictures[:, :, :-1])
    return _mean(down) + _mean(across)


def l1(pictures: Tensor) -> Tensor:
    """(n, height, width, channels) to (n,): the mean distance from gray."""
    return _mean(ops.abs(pictures - 0.5))


def l2(pictures: Tensor) -> Tensor:
    """(n, height, width, channels) to (n,): the mean square of the distance from gray."""
    return _mean(ops.square(pictures - 0.5))


def blur(pictures: Tensor) -> Tensor:
    """(n, height, width, channels) to (n,): the mean square of what a slight blur takes away."""
    return _mean(ops.square(pictures - _blurred(pictures)))


def boundary(pictures: Tensor) -> Tensor:
    """(n, height, width, channels) to (n,): how far the border is from plain gray.

    It is the border's mean squared distance from its blurred self and from gray (Lucid's boundary
    complexity). It moves the content to the middle of the picture.
    """
    height, width = pictures.shape[1:3]
    inside = np.ix_(_inner(height), _inner(width))
    border = np.ones((height, width), "float32")
    border[inside] = 0
    rough = ops.square(pictures - _blurred(pictures)) + ops.square(pictures - 0.5)
    return _mean(rough * ops.convert_to_tensor(border[:, :, None]))


PENALTIES: dict[str, Callable[[Tensor], Tensor]] = {
    "total-variation": total_variation,
    "l1": l1,
    "l2": l2,
    "blur": blur,
    "boundary": boundary,
}


def _mean(values: Tensor) -> Tensor:
    """Return the mean of each picture; 0 if a picture is too small to have neighbours."""
    if 0 in tuple(values.shape):
        return ops.zeros((values.shape[0],))
    return ops.mean(values, axis=(1, 2, 3))


def _inner(side: int) -> np.ndarray:
    border = round(side * BORDER)
    return np.arange(border, side - border)


def _blurred(pictures: Tensor) -> Tensor:
    """Return each picture smoothed along rows and columns; edges are repeated."""
    rows, columns = (ops.convert_to_tensor(_smoothing(side)) for side in pictures.shape[1:3])
    return ops.einsum("hk,nklc,wl->nhwc", rows, pictures, columns)


def _smoothing(side: int) -> np.ndarray:
    """Return the matrix (side, side) that smooths a column of pixels."""
    matrix = np.zeros((side, side), "float32")
    for offset, weight in enumerate(KERNEL, start=-(len(KERNEL) // 2)):
        np.add.at(matrix, (np.arange(side), np.clip(np.arange(side) + offset, 0, side - 1)), weight)
    return matrix
