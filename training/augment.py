"""Random views of pictures: crop, mirror, contrast, colour. Drawn first, applied afterwards.

A crop with its resizing is two small matrices per picture, one for rows and one for columns; a
mirror reverses the columns'. So a batch is two stacked matrix products.
"""

from dataclasses import dataclass

import numpy as np

from training.data import SPREAD, centred
from training.settings import Augmentation

NEAREST = 0.51  # pixels: every place is within half a pixel of the middle of one


@dataclass(frozen=True)
class Views:
    """One view per picture: crops as shares of the picture, and what to do to the colours."""

    top: np.ndarray
    left: np.ndarray
    height: np.ndarray
    width: np.ndarray
    mirror: np.ndarray
    contrast: np.ndarray
    shift: np.ndarray  # (count, 3), in standard deviations
    softness: np.ndarray  # of the resizing: below 1 it aliases, above it blurs


def draw(chance: np.random.Generator, count: int, ranges: Augmentation) -> Views:
    """Draw views: area, contrast and place evenly, aspect evenly on a logarithmic scale.

    A crop that would overhang is cut to fit, so its aspect stays in range and its area shrinks.
    """
    area = chance.uniform(*ranges.area, count)
    aspect = np.exp(chance.uniform(*np.log(ranges.aspect), count))
    height = np.minimum(np.sqrt(area / aspect), 1)
    width = np.minimum(np.sqrt(area * aspect), 1)
    return Views(
        top=chance.uniform(0, 1 - height),
        left=chance.uniform(0, 1 - width),
        height=height,
        width=width,
        mirror=chance.random(count) < 0.5,
        contrast=chance.uniform(*ranges.contrast, count),
        shift=chance.uniform(-ranges.shift, ranges.shift, (count, 3)),
        softness=np.exp(chance.uniform(*np.log(ranges.softness), count)),
    )


def whole(count: int) -> Views:
    """Return the views that leave every picture as it is."""
    none, full = np.zeros(count), np.ones(count)
    return Views(none, none, full, full, none.astype(bool), full, np.zeros((count, 3)), full)


def apply(views: Views, pixels: np.ndarray, side: int) -> np.ndarray:
    """Look at RGB pixels, (count, size, size, 3) on 0..255, through the views.

    Returns (count, side, side, 3) float32, BGR minus the mean colour: what the network is fed.
    """
    count, size = pixels.shape[:2]
    rows = resampling(views.top * size, views.height * size, views.softness, side, size)
    columns = resampling(views.left * size, views.width * size, views.softness, side, size)
    columns = np.where(views.mirror[:, None, None], columns[:, ::-1], columns)
    tall = rows @ centred(pixels).reshape(count, size, size * 3)
    turned = tall.reshape(count, side, size, 3).swapaxes(1, 2).reshape(count, size, side * 3)
    seen = (columns @ turned).reshape(count, side, side, 3).swapaxes(1, 2)
    contrast = views.contrast[:, None, None, None].astype("float32")
    shift = (views.shift[:, None, None] * SPREAD).astype("float32")
    return contrast * seen + shift


def resampling(
    start: np.ndarray, extent: np.ndarray, softness: np.ndarray, side: int, size: int
) -> np.ndarray:
    """Return the matrices (count, side, size) that resize [start, start + extent) to side pixels.

    At softness 1 linear interpolation, with the triangle widened where it shrinks, so that nothing
    aliases. Softness makes the triangle wider, or narrower, but never so narrow that it could miss
    every pixel: what is left then is the nearest one. Every row sums to one.
    """
    scale = extent[:, None] / side
    centres = start[:, None] + (np.arange(side) + 0.5) * scale
    distance = np.abs(centres[:, :, None] - (np.arange(size) + 0.5))
    reach = np.maximum(np.maximum(scale, 1) * softness[:, None], NEAREST)
    weights = np.maximum(1 - distance / reach[:, :, None], 0)
    return (weights / weights.sum(axis=2, keepdims=True)).astype("float32")
