"""Pictures as numbers: conversion to bytes, opacity, contrast.

A picture is float32, (height, width, 3), RGB, values in [0, 1]. Canvases and layers may have
another number of channels, (height, width, channels). No function here changes the array that it
gets.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from convscope.errors import PictureError

Picture = npt.NDArray[np.float32]

# The header says how large a picture is; a small file may claim to be one that fills the memory.
MAX_PIXELS = 100_000_000

# The background of transparent parts. Most networks respond least to mid gray, so an empty region
# excites nothing; white would add a bright shape with hard edges.
BACKGROUND = np.float32(0.5)


def to_bytes(picture: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Return values in [0, 1] as 0..255, any shape; values outside are clipped."""
    if np.isnan(picture).any():
        raise PictureError.expected("numbers", "NaN", "If an ascent made it, lower its rate.")
    scaled: npt.NDArray[np.uint8] = np.rint(np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return scaled


def from_bytes(data: npt.NDArray[np.uint8]) -> Picture:
    """Return values in 0..255 as [0, 1], any shape; the inverse of `to_bytes`.

    Example:
        >>> from_bytes(np.array([0, 51, 255], np.uint8))
        array([0. , 0.2, 1. ], dtype=float32)
    """
    return data.astype(np.float32) / np.float32(255)


def clip(numbers: npt.NDArray[Any]) -> Picture:
    clipped: Picture = np.clip(numbers, 0, 1).astype(np.float32)
    return clipped


def layered(picture: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return (height, width) as (height, width, 1); refuse empty arrays and other axes."""
    numbers = np.asarray(picture)
    if numbers.ndim not in (2, 3) or numbers.size == 0:
        expected = "(height, width, channels)"
        raise PictureError.expected(f"a picture of shape {expected}", numbers.shape)
    return numbers[:, :, None] if numbers.ndim == 2 else numbers


def rms_contrast(picture: Picture) -> float:
    """Return the contrast: 0 for one plain colour, at most 0.5.

    It is the root of the mean squared distance of each value from its channel's mean.

    Example:
        >>> rms_contrast(np.float32([[[0.0], [1.0]]]))
        0.5
    """
    numbers = layered(picture).astype(np.float64)
    return float(np.sqrt(np.mean((numbers - numbers.mean(axis=(0, 1))) ** 2)))


def composite(picture: Picture, behind: npt.ArrayLike = BACKGROUND) -> Picture:
    """Return a picture, whose last channel is opacity, laid over a background.

    Args:
        picture: (..., height, width, channels + 1) in [0, 1].
        behind: in [0, 1]: a shade, or an array that fits; mid gray, as in the readers, by default.

    Example:
        >>> composite(np.float32([[[0.5, 1.0, 0.25]]]), 1.0)
        array([[[0.875, 1.   ]]], dtype=float32)
    """
    opacity = picture[..., -1:]
    laid: Picture = picture[..., :-1] * opacity + np.asarray(behind, np.float32) * (1 - opacity)
    return laid
