"""Resizing of pictures."""

import operator
from collections.abc import Iterable
from typing import Literal

import numpy as np
from PIL import Image

from convscope.errors import PictureError
from convscope.images.arrays import MAX_PIXELS, Picture, clip, layered

Fit = Literal["crop", "pad", "squash"]  # how a photo comes to the proportions of another size


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


def fit(picture: Picture, size: tuple[int, int], how: Fit = "crop") -> Picture:
    """Return a picture at a size, (height, width): the middle of it, all of it, or with borders.

    Args:
        picture: (height, width, channels) in [0, 1].
        size: (height, width).
        how: 'crop' keeps the middle, in the proportions of ``size``; nothing is stretched.
            'squash' keeps all, and stretches it. 'pad' keeps all, between borders of zeros.
    """
    height, width = parse_size(size)
    numbers = layered(picture)
    if how == "squash":
        return resize(numbers, (height, width))
    if how == "pad":
        scale = max(numbers.shape[0] / height, numbers.shape[1] / width)
        tall, wide = (max(1, round(side / scale)) for side in numbers.shape[:2])
        padded = np.zeros((height, width, numbers.shape[2]), "float32")
        top, left = (height - tall) // 2, (width - wide) // 2
        padded[top : top + tall, left : left + wide] = resize(numbers, (tall, wide))
        return padded
    scale = min(numbers.shape[0] / height, numbers.shape[1] / width)
    tall, wide = max(1, round(height * scale)), max(1, round(width * scale))
    top, left = (numbers.shape[0] - tall) // 2, (numbers.shape[1] - wide) // 2
    return resize(numbers[top : top + tall, left : left + wide], size)
