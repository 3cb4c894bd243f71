"""Pictures at other sizes."""

import operator
from collections.abc import Iterable

import numpy as np
from PIL import Image

from convscope.errors import PictureError
from convscope.images.arrays import MAX_PIXELS, Picture, clip, layered


def sized(size: int | tuple[int, int]) -> tuple[int, int]:
    """Read a size: one whole number for height and width, or (height, width).

    Example:
        >>> sized(224)
        (224, 224)
    """
    try:
        sides = tuple(size) if isinstance(size, Iterable) else (size, size)
        height, width = (operator.index(side) for side in sides)
    except (TypeError, ValueError):
        height = width = 0
    if height < 1 or width < 1:
        wanted = "a size of at least one pixel, such as 224 or (224, 320)"
        raise PictureError(f"Expected {wanted}. Received: {size!r}.")
    if height * width > MAX_PIXELS:
        raise PictureError(
            f"Expected a size of at most {MAX_PIXELS:,} pixels. Received: {height} x {width}."
        )
    return height, width


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Resample to size, (height, width): bicubic, smoothed before it shrinks, clipped to [0, 1]."""
    height, width = sized(size)
    planes = np.moveaxis(layered(picture).astype(np.float32), 2, 0)
    resized = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        for plane in planes
    ]
    return clip(np.stack(resized, axis=2))


def fit(picture: Picture, size: tuple[int, int]) -> Picture:
    """Crop the middle to the proportions of size, (height, width), then resize to it.

    This is how a photo is handed to a network: nothing is stretched, the middle is kept.
    """
    height, width = sized(size)
    numbers = layered(picture)
    scale = min(numbers.shape[0] / height, numbers.shape[1] / width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (numbers.shape[0] - tall) // 2, (numbers.shape[1] - wide) // 2
    return resize(numbers[top : top + tall, left : left + wide], size)


def magnify(picture: Picture, factor: int) -> Picture:
    """Show every pixel as a square of factor x factor, so that small pictures can be looked at."""
    if factor < 1:
        raise PictureError(f"Expected a factor of 1 or more. Received: {factor}.")
    return layered(picture).repeat(factor, axis=0).repeat(factor, axis=1)
