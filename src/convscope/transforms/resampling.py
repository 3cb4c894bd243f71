"""Bilinear resampling of pictures through affine matrices, with mirrored edges."""

import numpy as np

from convscope.backend import Tensor, ops


def warp(pictures: Tensor, placements: Tensor) -> Tensor:
    """Return each picture resampled through its own placement.

    Args:
        pictures: (n, height, width, channels).
        placements: (n, 2, 3), from (down, across, 1) in what is seen to (down, across) in the
            picture, both measured from the middle in half the longer side.

    Returns:
        (n, height, width, channels), bilinear; beyond its edges a picture is mirrored.
    """
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

    def pick(offset: int) -> Tensor:
        return ops.take(pixels, corner + offset, axis=0)

    one_right = 1 if width > 1 else 0
    one_down = width if height > 1 else 0
    upper = pick(0) * (1 - right) + pick(one_right) * right
    lower = pick(one_down) * (1 - right) + pick(one_down + one_right) * right
    return ops.reshape(upper * (1 - below) + lower * below, (count, height, width, channels))


def _centres(side: int) -> np.ndarray:
    """Return pixel centres between -1 and 1."""
    return (2 * np.arange(side) + 1) / side - 1


def _mirrored(position: Tensor, side: int) -> Tensor:
    """Return positions with those beyond the first and last pixel reflected back inside."""
    last = float(side - 1)
    position = ops.abs(position)
    return ops.clip(last - ops.abs(last - position), 0.0, last)
