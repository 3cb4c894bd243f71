"""Resizing of pictures."""

import operator
from collections.abc import Iterable

import numpy as np
from PIL import Image

from convscope.errors import PictureError
from convscope.images.arrays import MAX_PIXELS, Picture, clip, layered


def parse_size(size: int | tuple[int, int]) -> tuple[int, int]:
    """Return a size as (height, width); one whole number stands for both.

    Example:
        >>> parse_size(224)
        (224, 224)
    """
    try:
        sides = tuple(size) if isinstance(size, Iterable) else (size, size)
        height, width = (operator.index(side) for side in sides)
    except (TypeError, ValueError):
        height = width = 0
    if height < 1 or width < 1:
        expected = "a size of at least one pixel, such as 224 or (224, 320)"
        raise PictureError.expected(expected, repr(size))
    if height * width > MAX_PIXELS:
        raise PictureError.expected(
            f"a size of at most {MAX_PIXELS:,} pixels", f"{height} x {width}"
        )
    return height, width


def resize(picture: Picture, size: tuple[int, int]) -> Picture:
    """Return the picture at a size, (height, width): bicubic, antialiased, clipped to [0, 1]."""
    height, width = parse_size(size)
    planes = np.moveaxis(layered(picture).astype(np.float32), 2, 0)
    resized = [
        np.asarray(Image.fromarray(plane).resize((width, height), Image.Resampling.BICUBIC))
        for plane in planes
    ]
    return clip(np.stack(resized, axis=2))


def fit(picture: Picture, size: tuple[int, int]) -> Picture:
    """Return the middle of a picture, cropped to the proportions of size and resized to it.

    Photos are given to networks in this way: nothing is stretched, and the middle is kept.
    """
    height, width = parse_size(size)
    numbers = layered(picture)
    scale = min(numbers.shape[0] / height, numbers.shape[1] / width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (numbers.shape[0] - tall) // 2, (numbers.shape[1] - wide) // 2
    return resize(numbers[top : top + tall, left : left + wide], size)
