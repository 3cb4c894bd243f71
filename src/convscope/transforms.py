"""What a picture must survive while it is climbed: shift, scale and rotation.

Drawn on the host with NumPy, keyed by (seed, step, picture), so that every backend and every batch
sees the same draws; applied on the device as one bilinear resampling.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from convscope.errors import InputError


@dataclass(frozen=True)
class Transforms:
    """How far a picture may be moved before the network sees it.

    Args:
        shift: the largest shift down and across, as a share of the picture's side.
        scale: the largest zoom in or out, as a factor; 1.1 draws from 1/1.1 to 1.1.
        rotate: the largest rotation, in degrees.
    """

    shift: float = 1 / 16
    scale: float = 1.1
    rotate: float = 5.0

    def __post_init__(self) -> None:
        if self.shift < 0 or self.rotate < 0 or self.scale < 1:
            raise InputError(
                "Expected a shift and a rotation of zero or more and a scale of one or more. "
                f"Received: {self}."
            )

    def draw(self, chance: np.random.Generator) -> np.ndarray:
        """One random placement: a (2, 3) matrix from output to input coordinates.

        Coordinates are (down, across, 1), from -1 to 1 between the picture's edges.
        """
        down, across, zoom, turn = chance.uniform(-1, 1, size=4)
        factor = self.scale**zoom
        angle = math.radians(self.rotate) * turn
        cosine, sine = math.cos(angle) * factor, math.sin(angle) * factor
        return np.array(
            [[cosine, -sine, 2 * self.shift * down], [sine, cosine, 2 * self.shift * across]],
            "float32",
        )


STILL = Transforms(0.0, 1.0, 0.0)


def apply(pictures: Any, placements: Any) -> Any:
    """Look at each picture through its own placement.

    Args:
        pictures: (n, height, width, channels).
        placements: (n, 2, 3), as ``Transforms.draw`` makes them.

    Returns:
        (n, height, width, channels), bilinear; beyond its edges a picture is mirrored.
    """
    from keras import ops

    count, height, width, channels = pictures.shape
    down, across = (
        np.broadcast_to(axis, (height, width)).ravel()
        for axis in (_centres(height)[:, None], _centres(width)[None, :])
    )
    # A square pixel stays square: both axes are measured in half the longer side.
    longest = max(height, width)
    grid = np.stack([down * height / longest, across * width / longest, np.ones_like(down)])
    where = ops.matmul(placements, ops.convert_to_tensor(grid.astype("float32")))
    y = _mirrored((where[:, 0] * longest / height + 1) * height / 2 - 0.5, height)
    x = _mirrored((where[:, 1] * longest / width + 1) * width / 2 - 0.5, width)
    top = ops.clip(ops.floor(y), 0, max(height - 2, 0))
    left = ops.clip(ops.floor(x), 0, max(width - 2, 0))
    below, right = (y - top)[..., None], (x - left)[..., None]
    first = ops.convert_to_tensor((np.arange(count)[:, None] * (height * width)).astype("int32"))
    corner = ops.cast(top * width + left, "int32") + first
    pixels = ops.reshape(pictures, (count * height * width, channels))

    def pick(offset: int) -> Any:
        return ops.take(pixels, corner + offset, axis=0)

    one_right = 1 if width > 1 else 0
    one_down = width if height > 1 else 0
    upper = pick(0) * (1 - right) + pick(one_right) * right
    lower = pick(one_down) * (1 - right) + pick(one_down + one_right) * right
    return ops.reshape(upper * (1 - below) + lower * below, (count, height, width, channels))


def _centres(side: int) -> np.ndarray:
    """Pixel centres between -1 and 1."""
    return (2 * np.arange(side) + 1) / side - 1


def _mirrored(position: Any, side: int) -> Any:
    """Reflect positions beyond the first and last pixel back inside."""
    from keras import ops

    last = float(side - 1)
    position = ops.abs(position)
    return ops.clip(last - ops.abs(last - position), 0.0, last)
