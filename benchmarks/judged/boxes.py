"""Where the object of a photo is, and whether a map points there."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from convscope.attribution.evaluation.curves import ranking

DRAWN = Path(__file__).with_name("boxes.json")  # by hand, of the photos' names


@dataclass(frozen=True)
class Box:
    """A rectangle around the object, in shares of the photo's sides, as the network is fed it."""

    top: float
    left: float
    bottom: float
    right: float

    @property
    def share(self) -> float:
        """How much of the photo lies in it: what a map of noise has inside."""
        return (self.bottom - self.top) * (self.right - self.left)

    def mask(self, size: tuple[int, int]) -> np.ndarray:
        """Which pixels of (height, width) have their middle inside."""
        down, across = ((np.arange(side) + 0.5) / side for side in size)
        rows = (down >= self.top) & (down < self.bottom)
        columns = (across >= self.left) & (across < self.right)
        return rows[:, None] & columns


def boxes(path: Path = DRAWN) -> Mapping[str, Box]:
    """The boxes that were drawn, by the photo's name without its suffix."""
    return {name: Box(*sides) for name, sides in json.loads(path.read_text()).items()}


def inside(heat: np.ndarray, box: Box) -> float | None:
    """The share of what is above zero that lies in the box (Wang 2020); None if nothing is."""
    above = np.maximum(heat.astype("float64"), 0)
    total = above.sum()
    return float(above[box.mask(heat.shape)].sum() / total) if total else None


def points(heat: np.ndarray, box: Box, side: int, seed: int = 0) -> bool:
    """Whether the middle of the highest square is in the box (Zhang 2016: the pointing game).

    Args:
        heat: (height, width).
        box: around the object.
        side: of the squares that pixels are ranked in, as for deletion.
        seed: of the order of squares of one value.
    """
    first = np.array(divmod(ranking(heat, seed, side)[0], heat.shape[1])) // side
    ends = np.minimum((first + 1) * side, heat.shape)  # those at the far edges are cut
    down, across = (first * side + ends) / 2 / heat.shape
    return bool(box.top <= down < box.bottom and box.left <= across < box.right)
